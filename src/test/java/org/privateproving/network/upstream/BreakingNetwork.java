package org.privateproving.network.upstream;

import static java.nio.charset.StandardCharsets.US_ASCII;

import java.io.ByteArrayOutputStream;
import java.io.DataInputStream;
import java.io.IOException;
import java.io.OutputStream;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.nio.ByteBuffer;

/** HTTP/2 frame by frame: answers every call as something on the way does that knows no gRPC. */
final class BreakingNetwork implements AutoCloseable {
  private static final int PREFACE = 24;
  private static final int HEADERS = 1;
  private static final int RST_STREAM = 3;
  private static final int SETTINGS = 4;
  private static final int ACK = 1;
  private static final int END_STREAM = 1;
  private static final int END_HEADERS = 4;

  /** What a call is answered with. */
  record Frame(int type, int flags, byte[] payload) {
    static Frame reset(int errorCode) {
      return new Frame(RST_STREAM, 0, ByteBuffer.allocate(4).putInt(errorCode).array());
    }

    static Frame http(int status) {
      var headers = new ByteArrayOutputStream();
      header(headers, ":status", Integer.toString(status));
      header(headers, "content-type", "text/html");
      return new Frame(HEADERS, END_STREAM | END_HEADERS, headers.toByteArray());
    }

    // A literal that is not indexed, its name new (RFC 7541, 6.2.2).
    private static void header(ByteArrayOutputStream headers, String name, String value) {
      headers.write(0);
      headers.write(name.length());
      headers.writeBytes(name.getBytes(US_ASCII));
      headers.write(value.length());
      headers.writeBytes(value.getBytes(US_ASCII));
    }
  }

  private final ServerSocket server = new ServerSocket(0, 1, InetAddress.getLoopbackAddress());
  private final Frame answer;

  BreakingNetwork(Frame answer) throws IOException {
    this.answer = answer;
    Thread.ofVirtual().start(this::serve);
  }

  int port() {
    return server.getLocalPort();
  }

  private void serve() {
    try (Socket socket = server.accept()) {
      var in = new DataInputStream(socket.getInputStream());
      OutputStream out = socket.getOutputStream();
      in.readFully(new byte[PREFACE]);
      write(out, 0, new Frame(SETTINGS, 0, new byte[0]));
      while (true) {
        int lengthAndType = in.readInt();
        int flags = in.readByte();
        int stream = in.readInt();
        in.readFully(new byte[lengthAndType >>> 8]);
        switch (lengthAndType & 0xff) {
          case HEADERS -> write(out, stream, answer);
          case SETTINGS -> {
            if ((flags & ACK) == 0) {
              write(out, 0, new Frame(SETTINGS, ACK, new byte[0]));
            }
          }
          default -> {}
        }
      }
    } catch (IOException _) {
      // The test is over.
    }
  }

  private static void write(OutputStream out, int stream, Frame frame) throws IOException {
    out.write(
        ByteBuffer.allocate(9 + frame.payload().length)
            .putInt(frame.payload().length << 8 | frame.type())
            .put((byte) frame.flags())
            .putInt(stream)
            .put(frame.payload())
            .array());
    out.flush();
  }

  @Override
  public void close() throws IOException {
    server.close();
  }
}
