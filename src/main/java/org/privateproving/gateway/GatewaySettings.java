package org.privateproving.gateway;

import com.typesafe.config.Config;
import java.net.URI;
import java.net.URISyntaxException;
import java.time.Duration;
import java.util.Locale;
import java.util.Optional;
import java.util.Set;
import org.privateproving.domain.Address;
import org.privateproving.domain.InvalidSetting;
import org.privateproving.domain.SettingsBlock;

/**
 * The settings under {@code private-proving.gateway}; what each means stands in {@code
 * reference.conf}.
 *
 * @param publicUrl without a slash at its end; empty: derived from the bound address
 * @param allowedRequesters empty: everybody
 * @param hold how long a status poll may be held, zero for never; at most half the call timeout, so
 *     that the answer is in time
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

  private static final int MAX_PORT = 65_535;
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
    SettingsBlock block = new SettingsBlock(root, PATH);
    Duration callTimeout = block.duration("call-timeout", Duration.ofSeconds(1), SDK_PATIENCE);
    return new GatewaySettings(
        block.text("host", GatewaySettings::host),
        block.number("port", 0, MAX_PORT),
        block.text("public-url", GatewaySettings::publicUrl),
        Set.copyOf(block.texts("allowed-requesters", GatewaySettings::address)),
        block.text("listing", GatewaySettings::listing),
        (int) block.size("max-message-size", MIN_MESSAGE, MAX_MESSAGE),
        callTimeout,
        block.duration("max-deadline", Duration.ofMinutes(1), YEAR),
        block.duration("hold", Duration.ZERO, callTimeout.dividedBy(2)),
        block.duration("drain", Duration.ofSeconds(1), Duration.ofHours(1)),
        block.duration("transfer-idle", Duration.ofSeconds(1), Duration.ofHours(1)));
  }

  private static String host(String host) {
    if (host.isBlank()) {
      throw new IllegalArgumentException("empty (expected: a host name or an address)");
    }
    return host;
  }

  private static Optional<String> publicUrl(String text) {
    String url = text.strip();
    if (url.isEmpty()) {
      return Optional.empty();
    }
    String trimmed = url.endsWith("/") ? url.substring(0, url.length() - 1) : url;
    if (!isBare(trimmed)) {
      // Without the text: it may hold credentials.
      throw new IllegalArgumentException(
          "expected: scheme and authority alone, as in https://prover.example");
    }
    return Optional.of(trimmed);
  }

  private static boolean isBare(String url) {
    try {
      URI uri = new URI(url);
      boolean http = "http".equals(uri.getScheme()) || "https".equals(uri.getScheme());
      return http && uri.getHost() != null && uri.getUserInfo() == null && !hasTail(uri);
    } catch (URISyntaxException _) {
      return false;
    }
  }

  private static boolean hasTail(URI uri) {
    return !uri.getRawPath().isEmpty() || uri.getRawQuery() != null || uri.getRawFragment() != null;
  }

  private static Address address(String text) {
    return new Address(text.startsWith("0x") ? text.substring(2) : text);
  }

  private static Listing listing(String text) {
    return switch (text.toLowerCase(Locale.ROOT)) {
      // HOCON reads a bare `off` as a boolean, and says "false".
      case "off", "false" -> Listing.OFF;
      case "by-requester" -> Listing.BY_REQUESTER;
      default -> throw new IllegalArgumentException(text + " (expected: off or by-requester)");
    };
  }
}
