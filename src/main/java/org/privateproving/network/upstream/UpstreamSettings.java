package org.privateproving.network.upstream;

import com.typesafe.config.Config;
import com.typesafe.config.ConfigException;
import java.io.IOException;
import java.net.URI;
import java.net.URISyntaxException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
import org.privateproving.domain.Address;
import org.privateproving.domain.InvalidSetting;
import org.privateproving.domain.Schema;
import org.privateproving.network.LocalSigner;
import org.privateproving.network.Methods;
import org.privateproving.network.Signer;

/**
 * The settings under {@code private-proving.network}; what each means stands in {@code
 * reference.conf}.
 *
 * @param schema empty: what the network answers decides
 * @param fulfiller empty: what the network says, or the signer's own address
 * @param forward paths of the methods that are passed through
 */
public record UpstreamSettings(
    URI rpcUrl,
    Signer signer,
    Optional<Schema> schema,
    Optional<Address> fulfiller,
    List<String> forward,
    boolean forwardAuthorization,
    Duration callTimeout,
    int maxCalls,
    int maxWaiting,
    Duration keepAlive,
    int breakerFailures,
    Duration breakerPause,
    Duration assignmentWait,
    Duration reconcileEvery,
    Duration orphanGrace) {

  private static final String PATH = "private-proving.network.";
  // The gateway's own patience with a call is 30 s unless configured, the SDK's 60 s.
  private static final Duration MAX_CALL = Duration.ofSeconds(55);
  private static final int MAX_CALLS = 10_000;
  private static final int MAX_WAITING = 100_000;

  /** Whether there is a network to stand in front of; if not, this service is its own ledger. */
  public static boolean isConfigured(Config root) {
    return !root.getString(PATH + "rpc-url").isBlank();
  }

  /**
   * Reads the settings, and the key file if one is named.
   *
   * @param root the whole configuration
   * @throws InvalidSetting naming the key; never quoting a secret
   */
  public static UpstreamSettings from(Config root) {
    return new UpstreamSettings(
        url(root),
        signer(root),
        schema(root),
        fulfiller(root),
        root.getStringList(PATH + "forward").stream().map(UpstreamSettings::path).toList(),
        root.getBoolean(PATH + "forward-authorization"),
        duration(root, "call-timeout", Duration.ofMillis(100), MAX_CALL),
        count(root, "max-calls", MAX_CALLS),
        count(root, "max-waiting", MAX_WAITING),
        duration(root, "keep-alive", Duration.ofSeconds(1), Duration.ofHours(1)),
        count(root, "breaker.max-failures", MAX_CALLS),
        duration(root, "breaker.pause", Duration.ofMillis(10), Duration.ofMinutes(10)),
        duration(root, "assignment-wait", Duration.ZERO, MAX_CALL),
        duration(root, "reconcile-every", Duration.ofSeconds(1), Duration.ofDays(1)),
        duration(root, "orphan-grace", Duration.ZERO, Duration.ofDays(1)));
  }

  private static URI url(Config root) {
    String text = root.getString(PATH + "rpc-url").strip();
    try {
      URI uri = new URI(text);
      boolean web = "http".equals(uri.getScheme()) || "https".equals(uri.getScheme());
      boolean bare =
          uri.getUserInfo() == null
              && uri.getRawQuery() == null
              && (uri.getRawPath().isEmpty() || uri.getRawPath().equals("/"));
      if (web && bare && uri.getHost() != null) {
        return uri;
      }
    } catch (URISyntaxException _) {
      // Told below, without the text: it may hold credentials.
    }
    throw wrong("rpc-url", "expected: a URL of scheme and authority, as in https://rpc.example");
  }

  private static Signer signer(Config root) {
    String file = root.getString(PATH + "fulfiller-key-file");
    String key = root.getString(PATH + "fulfiller-key");
    if (key.isBlank() == file.isBlank()) {
      throw wrong(
          "fulfiller-key",
          key.isBlank()
              ? "missing; results are signed with it (or set fulfiller-key-file)"
              : "given twice (expected: this or fulfiller-key-file)");
    }
    if (!key.isBlank()) {
      return signer("fulfiller-key", key);
    }
    try {
      return signer("fulfiller-key-file", Files.readString(Path.of(file)));
    } catch (IOException e) {
      throw wrong("fulfiller-key-file", "cannot be read (" + e.getClass().getSimpleName() + ")");
    }
  }

  private static Signer signer(String key, String text) {
    try {
      return LocalSigner.of(text);
    } catch (IllegalArgumentException e) {
      throw wrong(key, String.valueOf(e.getMessage()));
    }
  }

  private static Optional<Schema> schema(Config root) {
    String text = root.getString(PATH + "schema").toLowerCase(Locale.ROOT);
    return switch (text) {
      case "auto" -> Optional.empty();
      case "base" -> Optional.of(Schema.BASE);
      case "auction" -> Optional.of(Schema.AUCTION);
      default -> throw wrong("schema", text + " (expected: auto, base or auction)");
    };
  }

  private static Optional<Address> fulfiller(Config root) {
    String text = root.getString(PATH + "fulfiller").strip();
    try {
      return text.isEmpty()
          ? Optional.empty()
          : Optional.of(new Address(text.startsWith("0x") ? text.substring(2) : text));
    } catch (IllegalArgumentException e) {
      throw wrong("fulfiller", String.valueOf(e.getMessage()));
    }
  }

  private static String path(String method) {
    if (!method.matches("[A-Za-z0-9_.]+(/[A-Za-z0-9_]+)?")) {
      throw wrong("forward", method + " (expected: Method, or package.Service/Method)");
    }
    return method.contains("/") ? "/" + method : Methods.network(method);
  }

  private static Duration duration(Config root, String key, Duration least, Duration most) {
    Duration duration;
    try {
      duration = root.getDuration(PATH + key);
    } catch (ConfigException e) {
      throw wrong(key, String.valueOf(e.getMessage()));
    }
    if (duration.compareTo(least) < 0 || duration.compareTo(most) > 0) {
      throw wrong(
          key,
          duration.toMillis()
              + "ms (expected: "
              + least.toMillis()
              + "ms to "
              + most.toMillis()
              + "ms)");
    }
    return duration;
  }

  private static int count(Config root, String key, int most) {
    int count = root.getInt(PATH + key);
    if (count < 1 || count > most) {
      throw wrong(key, count + " (expected: 1 to " + most + ")");
    }
    return count;
  }

  private static InvalidSetting wrong(String key, String message) {
    return new InvalidSetting(PATH + key, message);
  }
}
