package org.privateproving.gateway;

import java.util.regex.Pattern;
import org.apache.pekko.event.LoggingAdapter;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import scala.collection.immutable.Map;
import scala.collection.immutable.Map$;

/**
 * The log of the HTTP server. It quotes the path of a request whose response breaks off, and of
 * others; a path under {@code /uploads} or {@code /proofs} is a capability, so it is left out. Of
 * an HTTP/2 connection that it gives up it quotes whatever header was malformed, with the client's
 * password if that is where it was: of that only the connection's end is told.
 */
final class PathlessLog implements LoggingAdapter {
  private static final Logger LOG = LoggerFactory.getLogger("org.privateproving.gateway.Http");
  private static final Pattern CAPABILITY = Pattern.compile("/+(uploads|proofs)/[^\\s\\],]*");

  private static final String GIVEN_UP = "HTTP2 connection failed";

  static String redacted(String message) {
    if (message.startsWith(GIVEN_UP)) {
      return GIVEN_UP;
    }
    return CAPABILITY.matcher(message).replaceAll("/$1/…");
  }

  @Override
  public boolean isErrorEnabled() {
    return LOG.isErrorEnabled();
  }

  @Override
  public boolean isWarningEnabled() {
    return LOG.isWarnEnabled();
  }

  @Override
  public boolean isInfoEnabled() {
    return LOG.isInfoEnabled();
  }

  @Override
  public boolean isDebugEnabled() {
    return LOG.isDebugEnabled();
  }

  @Override
  public void notifyError(String message) {
    LOG.error("{}", redacted(message));
  }

  @Override
  public void notifyError(Throwable cause, String message) {
    if (message.startsWith(GIVEN_UP)) {
      notifyError(message);
      return;
    }
    LOG.error("{}", redacted(message), cause);
  }

  @Override
  public void notifyWarning(String message) {
    LOG.warn("{}", redacted(message));
  }

  @Override
  public void notifyInfo(String message) {
    LOG.info("{}", redacted(message));
  }

  @Override
  public void notifyDebug(String message) {
    LOG.debug("{}", redacted(message));
  }

  @Override
  public Map<String, Object> mdc() {
    return Map$.MODULE$.empty();
  }
}
