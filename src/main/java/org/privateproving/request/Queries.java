package org.privateproving.request;

import java.sql.Connection;
import java.sql.PreparedStatement;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.util.ArrayList;
import java.util.List;
import java.util.UUID;
import java.util.concurrent.CompletionStage;
import org.privateproving.artifact.ArtifactId;
import org.privateproving.database.Database;
import org.privateproving.domain.RequestId;

/** Changes and lists, each one transaction. */
final class Queries {
  private final Database database;

  Queries(Database database) {
    this.database = database;
  }

  @FunctionalInterface
  interface Change {
    void make(Connection connection) throws SQLException;
  }

  CompletionStage<Void> run(Change change) {
    return database
        .<Boolean>transact(
            connection -> {
              change.make(connection);
              return true;
            })
        .thenAccept(_ -> {});
  }

  /** A change that says how many rows it touched. */
  CompletionStage<Integer> count(Database.Work<Integer> change) {
    return database.transact(change);
  }

  @FunctionalInterface
  interface Parameters {
    void set(PreparedStatement statement) throws SQLException;
  }

  /** Requests, by the id in the first column. */
  CompletionStage<List<RequestId>> requests(String sql, Parameters parameters) {
    return rows(sql, parameters, row -> RequestId.of(row.getBytes(1)));
  }

  /** Artifacts, by the id in the first column. */
  CompletionStage<List<ArtifactId>> artifacts(String sql, Parameters parameters) {
    return rows(sql, parameters, row -> new ArtifactId(row.getObject(1, UUID.class)));
  }

  @FunctionalInterface
  interface Row<T> {
    T read(ResultSet row) throws SQLException;
  }

  <T> CompletionStage<List<T>> rows(String sql, Parameters parameters, Row<T> row) {
    return database.transact(
        connection -> {
          try (var select = connection.prepareStatement(sql)) {
            parameters.set(select);
            try (ResultSet rows = select.executeQuery()) {
              List<T> read = new ArrayList<>();
              while (rows.next()) {
                read.add(row.read(rows));
              }
              return read;
            }
          }
        });
  }
}
