package org.privateproving.network.upstream;

import com.typesafe.config.Config;
import java.io.IOException;
import java.net.URI;
import java.net.URISyntaxException;
import java.nio.file.Files;
import java.nio.file.InvalidPathException;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
import org.privateproving.domain.Address;
import org.privateproving.domain.InvalidSetting;
import org.privateproving.domain.Schema;
import org.privateproving.domain.SettingsBlock;
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
 * @param failAllOrphans whether also those are failed that did not come through this service
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
    Duration orphanGrace,
    boolean failAllOrphans) {

  private static final String PATH = "private-proving.network";
  // The gateway's own patience with a call is 30 s unless configured, the SDK's 60 s.
  private static final Duration MAX_CALL = Duration.ofSeconds(55);
  private static final int MAX_PORT = 65_535;
  private static final int MAX_CALLS = 10_000;
  private static final int MAX_WAITING = 100_000;

  /** Whether there is a network to stand in front of; if not, this service is its own ledger. */
  public static boolean isConfigured(Config root) {
    return !root.getString(PATH + ".rpc-url").isBlank();
  }

  /**
   * Reads the settings, and the key file if one is named.
   *
   * @param root the whole configuration
   * @throws InvalidSetting naming the key; never quoting a secret
   */
  public static UpstreamSettings from(Config root) {
    SettingsBlock block = new SettingsBlock(root, PATH);
    return new UpstreamSettings(
        block.text("rpc-url", UpstreamSettings::url),
        signer(block),
        block.text("schema", UpstreamSettings::schema),
        block.text("fulfiller", UpstreamSettings::fulfiller),
        block.texts("forward", UpstreamSettings::path),
        block.flag("forward-authorization"),
        block.duration("call-timeout", Duration.ofMillis(100), MAX_CALL),
        block.number("max-calls", 1, MAX_CALLS),
        block.number("max-waiting", 1, MAX_WAITING),
        block.duration("keep-alive", Duration.ofSeconds(1), Duration.ofHours(1)),
        block.number("breaker.max-failures", 1, MAX_CALLS),
        block.duration("breaker.pause", Duration.ofMillis(10), Duration.ofMinutes(10)),
        block.duration("assignment-wait", Duration.ZERO, MAX_CALL),
        block.duration("reconcile-every", Duration.ofSeconds(1), Duration.ofDays(1)),
        block.duration("orphan-grace", Duration.ZERO, Duration.ofDays(1)),
        block.text("fail-orphans", UpstreamSettings::failAllOrphans));
  }

  private static URI url(String text) {
    try {
      URI uri = new URI(text.strip());
      boolean web = "http".equals(uri.getScheme()) || "https".equals(uri.getScheme());
      if (web && uri.getHost() != null && uri.getPort() <= MAX_PORT && isBare(uri)) {
        return uri;
      }
    } catch (URISyntaxException _) {
      // Told below, without the text: it may hold credentials.
    }
    throw new IllegalArgumentException(
        "expected: a URL of scheme and authority, as in https://rpc.example");
  }

  private static boolean isBare(URI uri) {
    return uri.getRawUserInfo() == null
        && (uri.getRawPath().isEmpty() || uri.getRawPath().equals("/"))
        && uri.getRawQuery() == null
        && uri.getRawFragment() == null;
  }

  private static Signer signer(SettingsBlock block) {
    boolean file = !block.text("fulfiller-key-file").isBlank();
    boolean key = !block.text("fulfiller-key").isBlank();
    return file && !key
        ? block.text("fulfiller-key-file", UpstreamSettings::signerIn)
        : block.text("fulfiller-key", text -> signer(text, file));
  }

  private static Signer signer(String key, boolean file) {
    if (key.isBlank()) {
      throw new IllegalArgumentException(
          "missing; results are signed with it (or set fulfiller-key-file)");
    }
    if (file) {
      throw new IllegalArgumentException("given twice (expected: this or fulfiller-key-file)");
    }
    return LocalSigner.of(key);
  }

  /** Without the file's name, which may be the key itself, in the wrong place. */
  private static Signer signerIn(String file) {
    String key;
    try {
      key = Files.readString(Path.of(file));
    } catch (IOException | InvalidPathException e) {
      throw new IllegalArgumentException("cannot be read (" + e.getClass().getSimpleName() + ")");
    }
    return LocalSigner.of(key);
  }

  private static Optional<Schema> schema(String text) {
    return switch (text.toLowerCase(Locale.ROOT)) {
      case "auto" -> Optional.empty();
      case "base" -> Optional.of(Schema.BASE);
      case "auction" -> Optional.of(Schema.AUCTION);
      default -> throw new IllegalArgumentException(text + " (expected: auto, base or auction)");
    };
  }

  private static boolean failAllOrphans(String text) {
    return switch (text.toLowerCase(Locale.ROOT)) {
      case "own" -> false;
      case "all" -> true;
      default -> throw new IllegalArgumentException(text + " (expected: own or all)");
    };
  }

  private static Optional<Address> fulfiller(String text) {
    String hex = text.strip();
    return hex.isEmpty()
        ? Optional.empty()
        : Optional.of(new Address(hex.startsWith("0x") ? hex.substring(2) : hex));
  }

  private static String path(String method) {
    if (!method.matches("[A-Za-z0-9_.]+(/[A-Za-z0-9_]+)?")) {
      throw new IllegalArgumentException(method + " (expected: Method, or package.Service/Method)");
    }
    return method.contains("/") ? "/" + method : Methods.network(method);
  }
}
