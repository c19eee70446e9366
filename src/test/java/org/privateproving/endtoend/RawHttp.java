package org.privateproving.endtoend;

import java.io.IOException;
import java.net.Socket;
import java.net.URI;
import java.nio.charset.StandardCharsets;

/** An HTTP/1.1 exchange that a test can leave in the middle of. */
final class RawHttp implements AutoCloseable {
  private static final int PATIENCE_MILLIS = 60_000;

  private final Socket socket;

  private RawHttp(URI url) throws IOException {
    socket = new Socket(url.getHost(), url.getPort());
    socket.setSoTimeout(PATIENCE_MILLIS);
  }

  /** Sends what stands here, wherever {@code url} leads. */
  static RawHttp send(URI url, String text) throws IOException {
    RawHttp http = new RawHttp(url);
    http.write(text.getBytes(StandardCharsets.US_ASCII), 0, text.length());
    return http;
  }

  /** Begins an upload of so many bytes. */
  static RawHttp put(URI url, long length) throws IOException {
    return send(
        url,
        "PUT %s HTTP/1.1\r\nHost: %s\r\nContent-Length: %d\r\n\r\n"
            .formatted(url.getRawPath(), url.getAuthority(), length));
  }

  void write(byte[] bytes, int from, int to) throws IOException {
    socket.getOutputStream().write(bytes, from, to - from);
    socket.getOutputStream().flush();
  }

  /** Everything until the server closes. */
  String answer() throws IOException {
    return new String(socket.getInputStream().readAllBytes(), StandardCharsets.ISO_8859_1);
  }

  /** Cuts the connection, without a good-bye. */
  @Override
  public void close() throws IOException {
    socket.setSoLinger(true, 0);
    socket.close();
  }
}
