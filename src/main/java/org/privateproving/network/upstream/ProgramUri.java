package org.privateproving.network.upstream;

import java.net.URI;
import java.net.URISyntaxException;
import java.util.Arrays;
import java.util.Locale;
import java.util.regex.Pattern;
import org.privateproving.network.ProgramUnavailable;

/**
 * Where a prover network says it keeps a program. Whoever registered the program chose the URI, and
 * its query may be a capability: {@code toString} gives the host and the last part of the path, and
 * no more of it may be shown.
 */
sealed interface ProgramUri {
  int MAX_LENGTH = 2048;
  int MAX_SHOWN = 64;

  /** What a web server has. */
  sealed interface Web extends ProgramUri {
    URI uri();
  }

  record Https(URI uri) implements Web {
    @Override
    public String toString() {
      return shown(uri.getHost(), uri.getRawPath());
    }
  }

  record Http(URI uri) implements Web {
    boolean loopback() {
      return isLoopback(uri);
    }

    @Override
    public String toString() {
      return shown(uri.getHost(), uri.getRawPath());
    }
  }

  /**
   * @param key as S3 has it: nothing in it is escaped
   */
  record S3(String bucket, String key) implements ProgramUri {
    private static final Pattern BUCKET = Pattern.compile("[a-z0-9][a-z0-9.-]{1,61}[a-z0-9]");
    private static final int MAX_KEY = 1024;

    @Override
    public String toString() {
      return shown(bucket, key);
    }
  }

  /**
   * @throws ProgramUnavailable if it is none, or of a scheme that we do not fetch from
   */
  static ProgramUri parse(String text) {
    if (text.length() > MAX_LENGTH) {
      throw malformed(text.length() + " characters (expected: at most " + MAX_LENGTH + ")");
    }
    if (text.chars().anyMatch(Character::isISOControl)) {
      throw malformed("with control characters");
    }
    int colon = text.indexOf("://");
    String scheme = colon < 0 ? "" : text.substring(0, colon).toLowerCase(Locale.ROOT);
    return switch (scheme) {
      case "https" -> new Https(web(text));
      case "http" -> new Http(web(text));
      case "s3" -> s3(text.substring(colon + 3));
      default -> throw malformed("of another scheme (expected: https, http or s3)");
    };
  }

  /** What becomes of it when there are more than {@code limit} bytes. */
  default ProgramUnavailable tooLarge(long limit) {
    return new ProgramUnavailable("the program at " + this + " is larger than " + limit + " bytes");
  }

  /** Whether the host is this machine by its very name; no name is looked up. */
  static boolean isLoopback(URI uri) {
    String host = String.valueOf(uri.getHost());
    return host.equalsIgnoreCase("localhost")
        || host.equals("[::1]")
        || host.matches("127(\\.\\d{1,3}){3}");
  }

  private static URI web(String text) {
    URI uri;
    try {
      uri = new URI(text);
    } catch (URISyntaxException e) {
      // Its message quotes all of it.
      throw malformed("not a URI");
    }
    if (uri.getHost() == null) {
      throw malformed("without a host");
    }
    if (uri.getRawUserInfo() != null) {
      throw malformed("with a user (expected: none)");
    }
    if (uri.getRawPath().length() < 2) {
      throw malformed("without a path");
    }
    return uri;
  }

  private static S3 s3(String text) {
    int slash = text.indexOf('/');
    String bucket = slash < 0 ? text : text.substring(0, slash);
    String key = slash < 0 ? "" : text.substring(slash + 1);
    // The bucket becomes part of a host name, and the key of a path.
    if (!S3.BUCKET.matcher(bucket).matches()) {
      throw malformed("without a bucket's name");
    }
    boolean climbs =
        Arrays.stream(key.split("/", -1)).anyMatch(part -> part.equals(".") || part.equals(".."));
    if (key.isEmpty() || key.length() > S3.MAX_KEY || climbs) {
      throw malformed("without an object's key");
    }
    return new S3(bucket, key);
  }

  private static String shown(String host, String path) {
    String name = path.substring(path.lastIndexOf('/') + 1).replaceFirst("[?#].*", "");
    // Somebody else chose it, and it ends up in logs.
    return host + "/…/" + (name.length() > MAX_SHOWN ? name.substring(0, MAX_SHOWN) + "…" : name);
  }

  private static ProgramUnavailable malformed(String why) {
    return new ProgramUnavailable("program_uri: " + why);
  }
}
