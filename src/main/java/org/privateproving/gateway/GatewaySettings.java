package org.privateproving.gateway;

import com.typesafe.config.Config;
import com.typesafe.config.ConfigException;
import java.net.URI;
import java.net.URISyntaxException;
import java.time.Duration;
import java.util.Locale;
import java.util.Optional;
import java.util.Set;
import java.util.function.Function;
import java.util.stream.Collectors;
import org.privateproving.domain.Address;
import org.privateproving.domain.InvalidSetting;

/**
 * The settings under {@code private-proving.gateway}; what each means stands in {@code
 * reference.conf}.
 *
 * @param publicUrl without a slash at its end; empty: derived from the bound address
 * @param allowedRequesters empty: everybody
 */
public record GatewaySettings(
    String host,
    int port,
    Optional<String> publicUrl,
    Set<Address> allowedRequesters,
    Listing listing,
    int maxMessageSize,
    Duration callTimeout,
    Duration maxDeadline,
    Duration hold,
    Duration drain,
    Duration transferIdle) {

  static final String PATH = "private-proving.gateway";

  private static final int MIN_MESSAGE = 64 * 1024;
  private static final int MAX_MESSAGE = 64 * 1024 * 1024;
  // The SDK gives a call up after 60 s, on its own.
  private static final Duration SDK_PATIENCE = Duration.ofSeconds(55);
  private static final Duration YEAR = Duration.ofDays(365);

  /** Who may list requests. */
  public enum Listing {
    OFF,
    /** Whoever names the requester's address. */
    BY_REQUESTER
  }

  /**
   * @param root the whole configuration
   * @throws InvalidSetting if a setting under {@code private-proving.gateway} is missing or wrong
   */
  public static GatewaySettings from(Config root) {
    Duration callTimeout = duration(root, "call-timeout", Duration.ofSeconds(1), SDK_PATIENCE);
    return new GatewaySettings(
        read(root, "host", GatewaySettings::host),
        read(root, "port", GatewaySettings::port),
        read(root, "public-url", GatewaySettings::publicUrl),
        read(root, "allowed-requesters", GatewaySettings::addresses),
        read(root, "listing", GatewaySettings::listing),
        read(root, "max-message-size", GatewaySettings::messageSize),
        callTimeout,
        duration(root, "max-deadline", Duration.ofMinutes(1), YEAR),
        duration(root, "hold", Duration.ZERO, callTimeout.dividedBy(2)),
        duration(root, "drain", Duration.ofSeconds(1), Duration.ofHours(1)),
        duration(root, "transfer-idle", Duration.ofSeconds(1), Duration.ofHours(1)));
  }

  private static <T> T read(Config root, String key, Function<Value, T> reader) {
    String path = PATH + "." + key;
    try {
      return reader.apply(new Value(root, path));
    } catch (ConfigException | IllegalArgumentException e) {
      throw new InvalidSetting(path, String.valueOf(e.getMessage()));
    }
  }

  private record Value(Config root, String path) {}

  private static String host(Value value) {
    String host = value.root().getString(value.path());
    if (host.isBlank()) {
      throw new IllegalArgumentException("empty (expected: a host name or an address)");
    }
    return host;
  }

  private static int port(Value value) {
    int port = value.root().getInt(value.path());
    if (port < 0 || port > 65535) {
      throw new IllegalArgumentException(port + " (expected: 0 to 65535)");
    }
    return port;
  }

  private static Optional<String> publicUrl(Value value) {
    String url = value.root().getString(value.path()).strip();
    if (url.isEmpty()) {
      return Optional.empty();
    }
    String trimmed = url.endsWith("/") ? url.substring(0, url.length() - 1) : url;
    try {
      URI uri = new URI(trimmed);
      boolean http = "http".equals(uri.getScheme()) || "https".equals(uri.getScheme());
      if (!http || uri.getHost() == null || uri.getUserInfo() != null || hasTail(uri)) {
        throw new IllegalArgumentException(
            url + " (expected: scheme and authority alone, as in https://prover.example)");
      }
    } catch (URISyntaxException e) {
      throw new IllegalArgumentException(url + " (expected: a URL)", e);
    }
    return Optional.of(trimmed);
  }

  private static boolean hasTail(URI uri) {
    return !uri.getRawPath().isEmpty() || uri.getRawQuery() != null || uri.getRawFragment() != null;
  }

  private static Set<Address> addresses(Value value) {
    return value.root().getStringList(value.path()).stream()
        .map(text -> new Address(text.startsWith("0x") ? text.substring(2) : text))
        .collect(Collectors.toUnmodifiableSet());
  }

  private static Listing listing(Value value) {
    String text = value.root().getString(value.path()).toLowerCase(Locale.ROOT);
    return switch (text) {
      // HOCON reads a bare `off` as a boolean, and says "false".
      case "off", "false" -> Listing.OFF;
      case "by-requester" -> Listing.BY_REQUESTER;
      default -> throw new IllegalArgumentException(text + " (expected: off or by-requester)");
    };
  }

  private static int messageSize(Value value) {
    long size = value.root().getBytes(value.path());
    if (size < MIN_MESSAGE || size > MAX_MESSAGE) {
      throw new IllegalArgumentException(size + " bytes (expected: 64KiB to 64MiB)");
    }
    return (int) size;
  }

  private static Duration duration(Config root, String key, Duration least, Duration most) {
    return read(
        root,
        key,
        value -> {
          Duration duration = value.root().getDuration(value.path());
          if (duration.compareTo(least) < 0 || duration.compareTo(most) > 0) {
            throw new IllegalArgumentException(
                duration.toMillis()
                    + "ms (expected: "
                    + least.toMillis()
                    + "ms to "
                    + most.toMillis()
                    + "ms)");
          }
          return duration;
        });
  }
}
