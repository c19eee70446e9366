package org.privateproving.database;

import com.typesafe.config.Config;
import org.privateproving.domain.InvalidSetting;
import org.privateproving.domain.SettingsBlock;

/**
 * How to reach PostgreSQL.
 *
 * @param url JDBC; empty: the bundled server is to be started, and {@link #at} fills it in
 * @param poolSize connections, and so units of work under way
 * @param queueSize units of work that may wait for a connection
 */
public record DatabaseSettings(
    String url, String user, String password, int poolSize, int queueSize) {
  private static final String PATH = "private-proving.database";
  private static final int MAX_POOL = 1_000;
  private static final int MAX_QUEUE = 10_000_000;

  /**
   * @throws InvalidSetting naming the first key whose value is no good
   */
  public DatabaseSettings {
    if (!url.isEmpty() && !url.startsWith("jdbc:postgresql:")) {
      throw new InvalidSetting(
          PATH + ".url",
          "not a JDBC URL of PostgreSQL (expected: jdbc:postgresql://host/database)");
    }
    if (!url.isEmpty() && user.isEmpty()) {
      throw new InvalidSetting(PATH + ".user", "empty (expected: a user of the database)");
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
    SettingsBlock block = new SettingsBlock(config, PATH);
    return new DatabaseSettings(
        block.text("url"),
        block.text("user"),
        block.text("password"),
        block.number("pool-size"),
        block.number("queue-size"));
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

  private static void within(String name, int value, int least, int most) {
    if (value < least || value > most) {
      throw new InvalidSetting(
          PATH + "." + name, value + " (expected: " + least + " to " + most + ")");
    }
  }
}
