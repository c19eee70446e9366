package org.privateproving.cli;

import com.typesafe.config.Config;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.security.SecureRandom;
import org.jspecify.annotations.Nullable;
import org.privateproving.artifact.ArtifactSettings;
import org.privateproving.artifact.ClusterKey;
import org.privateproving.cluster.SameKeyCheck;
import org.privateproving.database.BundledPostgres;
import org.privateproving.database.Database;
import org.privateproving.database.DatabaseSettings;
import org.privateproving.database.Migrations;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * What a server needs that is no actor: its database, the server of that if it is our own, and the
 * cluster key. It outlives the actors, so a server that starts over has the key that it had.
 */
final class ServerResources implements AutoCloseable {
  private static final Logger LOG = LoggerFactory.getLogger(ServerResources.class);

  private final Config config;
  private final @Nullable BundledPostgres postgres;
  private final @Nullable Database database;
  private final @Nullable ClusterKey key;

  private ServerResources(
      Config config,
      @Nullable BundledPostgres postgres,
      @Nullable Database database,
      @Nullable ClusterKey key) {
    this.config = config;
    this.postgres = postgres;
    this.database = database;
    this.key = key;
  }

  /** For a node that is no server. */
  static ServerResources none(Config config) {
    return new ServerResources(config, null, null, null);
  }

  /**
   * Finds or makes the key, starts or finds the database and brings its schema up to date.
   *
   * @throws CannotStart if one of them cannot be had
   */
  static ServerResources open(Config config) {
    makeFolder(data(config));
    ClusterKey key = key(config);
    DatabaseSettings settings = DatabaseSettings.from(config);
    BundledPostgres postgres = null;
    try {
      if (settings.bundled()) {
        postgres = BundledPostgres.start(data(config).resolve("postgres"));
        settings = postgres.connect(settings);
      }
      Migrations.migrate(settings);
      Database database = Database.open(settings);
      return new ServerResources(
          SameKeyCheck.config(key.fingerprint())
              .withFallback(
                  NodeConfig.withDatabase(
                      config, settings.url(), settings.user(), settings.password())),
          postgres,
          database,
          key);
    } catch (IOException | RuntimeException e) {
      close(postgres);
      throw new CannotStart("the database cannot be used: " + e.getMessage());
    }
  }

  private static ClusterKey key(Config config) {
    try {
      return ClusterKey.from(ArtifactSettings.from(config), new SecureRandom());
    } catch (IOException e) {
      throw new CannotStart("the cluster key cannot be read: " + e.getMessage());
    }
  }

  /** For its owner alone: it holds the cluster key. */
  static void makeFolder(Path data) {
    try {
      Path parent = data.getParent();
      if (parent != null) {
        Files.createDirectories(parent);
      }
      if (!Files.isDirectory(data)) {
        Files.createDirectory(
            data,
            PosixFilePermissions.asFileAttribute(PosixFilePermissions.fromString("rwx------")));
      }
    } catch (IOException e) {
      throw new CannotStart(
          "the data folder " + data + " cannot be made; choose another with --data");
    }
    if (!Files.isWritable(data)) {
      throw new CannotStart(
          "the data folder " + data + " cannot be written; choose another with --data");
    }
  }

  static Path data(Config config) {
    return Path.of(config.getString("private-proving.data")).toAbsolutePath().normalize();
  }

  /** With the database's address filled in, and what tells the key from others. */
  Config config() {
    return config;
  }

  Database database() {
    if (database == null) {
      throw new IllegalStateException("this node is no server: it has no database");
    }
    return database;
  }

  ClusterKey key() {
    if (key == null) {
      throw new IllegalStateException("this node is no server: it has no cluster key");
    }
    return key;
  }

  @Override
  public void close() {
    if (database != null) {
      database.close();
    }
    close(postgres);
  }

  private static void close(@Nullable BundledPostgres postgres) {
    if (postgres != null) {
      try {
        postgres.close();
      } catch (IOException e) {
        LOG.warn("The database server did not stop cleanly: {}", e.getMessage());
      }
    }
  }
}
