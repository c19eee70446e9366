package org.privateproving.database;

import com.typesafe.config.Config;
import com.typesafe.config.ConfigException;
import org.privateproving.domain.InvalidSetting;

/**
 * How to reach PostgreSQL.
 *
 * @param url JDBC; empty: the bundled server is to be started, and {@link #at} fills it in
 * @param poolSize connections, and so units of work under way
 * @param queueSize units of work that may wait for a connection
 */
public record DatabaseSettings(
    String url, String user, String password, int poolSize, int queueSize) {
  private static final String BLOCK = "private-proving.database.";
  private static final int MAX_POOL = 1_000;
  private static final int MAX_QUEUE = 10_000_000;

  /**
   * @throws InvalidSetting naming the first key whose value is no good
   */
  public DatabaseSettings {
    if (!url.isEmpty() && !url.startsWith("jdbc:postgresql:")) {
      throw new InvalidSetting(
          BLOCK + "url",
          "not a JDBC URL of PostgreSQL (expected: jdbc:postgresql://host/database)");
    }
    if (!url.isEmpty() && user.isEmpty()) {
      throw new InvalidSetting(BLOCK + "user", "empty (expected: a user of the database)");
    }
    within("pool-size", poolSize, 1, MAX_POOL);
    within("queue-size", queueSize, 0, MAX_QUEUE);
  }

  /**
   * Reads {@code private-proving.database} of the whole configuration.
   *
   * @throws InvalidSetting naming the first key whose value is no good
   */
  public static DatabaseSettings from(Config config) {
    return new DatabaseSettings(
        text(config, "url"),
        text(config, "user"),
        text(config, "password"),
        number(config, "pool-size"),
        number(config, "queue-size"));
  }

  /** Whether the server is to be our own. */
  public boolean bundled() {
    return url.isEmpty();
  }

  /** The same pool, elsewhere. */
  public DatabaseSettings at(String url, String user, String password) {
    return new DatabaseSettings(url, user, password, poolSize, queueSize);
  }

  /** Without the password, which a URL may hold as well. */
  @Override
  public String toString() {
    return "DatabaseSettings[poolSize=" + poolSize + ", queueSize=" + queueSize + "]";
  }

  // Messages of the configuration library quote the value: never for text, which may be a password.
  private static String text(Config config, String name) {
    try {
      return config.getString(BLOCK + name);
    } catch (ConfigException e) {
      throw new InvalidSetting(BLOCK + name, "missing, or not a text");
    }
  }

  private static int number(Config config, String name) {
    try {
      return config.getInt(BLOCK + name);
    } catch (ConfigException e) {
      throw new InvalidSetting(BLOCK + name, "missing, or not a whole number");
    }
  }

  private static void within(String name, int value, int least, int most) {
    if (value < least || value > most) {
      throw new InvalidSetting(BLOCK + name, value + " (expected: " + least + " to " + most + ")");
    }
  }
}
