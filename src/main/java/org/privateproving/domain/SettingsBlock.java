package org.privateproving.domain;

import com.typesafe.config.Config;
import com.typesafe.config.ConfigException;
import java.time.Duration;
import java.util.List;
import java.util.function.BiFunction;
import java.util.function.Function;

/**
 * One block of the configuration, read key by key. What cannot be read is refused by its whole key,
 * in words of ours: those of the configuration library quote the value, which may be a secret.
 */
public final class SettingsBlock {
  private final Config config;
  private final String path;

  /**
   * @param config the whole configuration
   * @param path of the block, as in {@code private-proving.gateway}
   */
  public SettingsBlock(Config config, String path) {
    this.config = config;
    this.path = path;
  }

  public String text(String key) {
    return read(key, "a text", Config::getString);
  }

  /**
   * @param reader throws IllegalArgumentException, with a message that may be shown, for a text
   *     that makes no sense
   */
  public <T> T text(String key, Function<String, T> reader) {
    return understood(key, text(key), reader);
  }

  /**
   * @param reader as above, for each of the texts
   */
  public <T> List<T> texts(String key, Function<String, T> reader) {
    return read(key, "a list of texts", Config::getStringList).stream()
        .map(text -> understood(key, text, reader))
        .toList();
  }

  public boolean flag(String key) {
    return read(key, "true or false", Config::getBoolean);
  }

  public int number(String key) {
    return read(key, "a whole number", Config::getInt);
  }

  public int number(String key, int least, int most) {
    return (int) within(key, number(key), least, most, "");
  }

  public long longNumber(String key) {
    return read(key, "a whole number", Config::getLong);
  }

  /** In bytes. */
  public long size(String key) {
    return read(key, "a size", Config::getBytes);
  }

  /** In bytes. */
  public long size(String key, long least, long most) {
    return within(key, size(key), least, most, " bytes");
  }

  public Duration duration(String key) {
    return read(key, "a duration", Config::getDuration);
  }

  public Duration duration(String key, Duration least, Duration most) {
    return Duration.ofMillis(
        within(key, duration(key).toMillis(), least.toMillis(), most.toMillis(), "ms"));
  }

  public List<Duration> durations(String key) {
    return read(key, "a list of durations", Config::getDurationList);
  }

  /**
   * @param expected what would be right, as in "1 or more"
   */
  public void require(boolean right, String key, Object value, String expected) {
    if (!right) {
      throw wrong(key, value + " (expected: " + expected + ")");
    }
  }

  private long within(String key, long value, long least, long most, String unit) {
    require(
        value >= least && value <= most, key, value + unit, least + unit + " to " + most + unit);
    return value;
  }

  private <T> T understood(String key, String text, Function<String, T> reader) {
    try {
      return reader.apply(text);
    } catch (IllegalArgumentException e) {
      throw wrong(key, String.valueOf(e.getMessage()));
    }
  }

  private <T> T read(String key, String kind, BiFunction<Config, String, T> reader) {
    try {
      return reader.apply(config, path + "." + key);
    } catch (ConfigException e) {
      throw wrong(key, "missing, or not " + kind);
    }
  }

  private InvalidSetting wrong(String key, String message) {
    return new InvalidSetting(path + "." + key, message);
  }
}
