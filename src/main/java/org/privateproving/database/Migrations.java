package org.privateproving.database;

import org.flywaydb.core.Flyway;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Brings the schema up to what this release needs.
 *
 * <p>Several nodes may do so at once: one works, the others wait for it and find nothing left to
 * do. A schema that is newer than this release is left as it is, so that an older node starts
 * beside newer ones during an upgrade.
 */
public final class Migrations {
  private static final Logger LOG = LoggerFactory.getLogger(Migrations.class);

  private Migrations() {}

  /** Returns how many migrations were applied, once all are. */
  public static int migrate(DatabaseSettings settings) {
    var result =
        Flyway.configure(Migrations.class.getClassLoader())
            .dataSource(settings.url(), settings.user(), settings.password())
            .locations("classpath:db/migration")
            .cleanDisabled(true)
            // Wait for whoever else migrates, however long that takes.
            .lockRetryCount(-1)
            .load()
            .migrate();
    if (result.migrationsExecuted > 0) {
      LOG.info(
          "Database schema: {} migrations applied, now at version {}",
          result.migrationsExecuted,
          result.targetSchemaVersion);
    }
    return result.migrationsExecuted;
  }
}
