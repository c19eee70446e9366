package org.privateproving.network.upstream;

import com.typesafe.config.Config;
import com.typesafe.config.ConfigException;
import java.net.URI;
import java.time.Duration;
import java.util.Optional;
import java.util.function.Function;
import org.privateproving.domain.InvalidSetting;

/**
 * How programs are fetched from where a prover network keeps them: {@code
 * private-proving.network.programs}.
 *
 * @param s3Region of the buckets in {@code s3://} URIs
 * @param s3Endpoint of another S3 than Amazon's, asked in path style
 * @param maxSize of a program as it is kept there, in bytes
 * @param connectTimeout until there is a connection
 * @param idleTimeout how long a server may be silent
 * @param totalTimeout for a program, repeats and waiting included
 * @param allowHttp whether to fetch without TLS from others than this machine
 */
public record ProgramSettings(
    String s3Region,
    Optional<URI> s3Endpoint,
    long maxSize,
    Duration connectTimeout,
    Duration idleTimeout,
    Duration totalTimeout,
    boolean allowHttp) {
  private static final String BLOCK = "private-proving.network.programs.";
  // The S3 client counts milliseconds in 32 bits.
  private static final Duration LONGEST = Duration.ofDays(1);

  /**
   * @throws InvalidSetting naming the first key whose value is no good
   */
  public ProgramSettings {
    if (!s3Region.matches("[a-z0-9-]{1,63}")) {
      throw new InvalidSetting(
          BLOCK + "s3-region", "\"" + s3Region + "\" (expected: a region such as us-east-2)");
    }
    if (s3Endpoint.isPresent() && !fits(s3Endpoint.get(), allowHttp)) {
      throw new InvalidSetting(
          BLOCK + "s3-endpoint",
          "expected: scheme and authority alone, as in https://s3.example, and https unless it is"
              + " this machine or allow-http is on");
    }
    if (maxSize < 1) {
      throw new InvalidSetting(BLOCK + "max-size", maxSize + " (expected: >= 1)");
    }
    sensible("connect-timeout", connectTimeout);
    sensible("idle-timeout", idleTimeout);
    sensible("total-timeout", totalTimeout);
  }

  /**
   * Reads the block of the whole configuration.
   *
   * @throws InvalidSetting naming the first key whose value is no good
   */
  public static ProgramSettings from(Config config) {
    return new ProgramSettings(
        read(config, "s3-region", config::getString),
        read(config, "s3-endpoint", path -> endpoint(config.getString(path).strip())),
        read(config, "max-size", config::getBytes),
        read(config, "connect-timeout", config::getDuration),
        read(config, "idle-timeout", config::getDuration),
        read(config, "total-timeout", config::getDuration),
        read(config, "allow-http", config::getBoolean));
  }

  /** Whether we ask there at all; the others are asked over TLS. */
  boolean allows(ProgramUri.Http uri) {
    return allowHttp || uri.loopback();
  }

  private static Optional<URI> endpoint(String text) {
    try {
      return text.isEmpty() ? Optional.empty() : Optional.of(URI.create(text));
    } catch (IllegalArgumentException e) {
      throw new InvalidSetting(BLOCK + "s3-endpoint", "not a URL");
    }
  }

  private static boolean fits(URI endpoint, boolean allowHttp) {
    boolean plain = "http".equals(endpoint.getScheme());
    boolean bare =
        endpoint.getHost() != null
            && endpoint.getRawUserInfo() == null
            && (endpoint.getRawPath().isEmpty() || endpoint.getRawPath().equals("/"))
            && endpoint.getRawQuery() == null
            && endpoint.getRawFragment() == null;
    boolean safe = plain && (allowHttp || ProgramUri.isLoopback(endpoint));
    return bare && (safe || "https".equals(endpoint.getScheme()));
  }

  private static <T> T read(Config config, String name, Function<String, T> reader) {
    try {
      return reader.apply(BLOCK + name);
    } catch (ConfigException.Missing e) {
      throw new InvalidSetting(BLOCK + name, "missing");
    } catch (ConfigException e) {
      // Without the value: in the wrong place, it may be anything.
      throw new InvalidSetting(BLOCK + name, "of the wrong form");
    }
  }

  private static void sensible(String name, Duration value) {
    if (value.toMillis() < 1 || value.compareTo(LONGEST) > 0) {
      throw new InvalidSetting(BLOCK + name, value + " (expected: more than 0s, at most 1d)");
    }
  }
}
