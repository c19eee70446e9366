package org.privateproving.cli.doctor;

import com.typesafe.config.Config;
import java.sql.SQLException;
import java.util.List;

/** Whether the database can be reached, or one can be started here. */
final class DatabaseCheck implements Check {
  private static final String SUBJECT = "database";

  private final Machine machine;

  DatabaseCheck(Machine machine) {
    this.machine = machine;
  }

  @Override
  public Finding look(Config config) {
    String url = config.getString("private-proving.database.url");
    return url.isEmpty() ? embedded() : remote(config, url);
  }

  private Finding embedded() {
    if (!machine.isRoot()) {
      return Finding.ok(SUBJECT, "PostgreSQL will be started inside the data folder");
    }
    return machine.run(List.of("unshare", "-U", "true")).isPresent()
        ? Finding.ok(SUBJECT, "PostgreSQL will be started inside the data folder, under unshare")
        : Finding.fail(
            SUBJECT,
            "this is root, and PostgreSQL won't run as root; unshare -U does not work here",
            "run as another user, or set private-proving.database.url");
  }

  private Finding remote(Config config, String url) {
    try {
      String version =
          machine.connect(
              url,
              config.getString("private-proving.database.user"),
              config.getString("private-proving.database.password"));
      return Finding.ok(SUBJECT, "PostgreSQL " + version);
    } catch (SQLException e) {
      // The message may quote the URL, and a URL may hold a password.
      return Finding.fail(
          SUBJECT,
          "no connection (SQL state " + e.getSQLState() + ")",
          "see that private-proving.database.url, user and password are right, and it runs");
    }
  }
}
