package org.privateproving.gateway;

import com.google.protobuf.MessageLite;
import java.io.ByteArrayOutputStream;
import java.io.DataInputStream;
import java.io.EOFException;
import java.io.IOException;
import java.io.OutputStream;
import java.net.Socket;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;

/** An HTTP/2 connection frame by frame, to see in which order a server ends it. */
final class RawHttp2 implements AutoCloseable {
  static final int DATA = 0;
  static final int HEADERS = 1;
  static final int RST_STREAM = 3;
  static final int SETTINGS = 4;
  static final int GOAWAY = 7;
  private static final int END_STREAM = 1;
  private static final int END_HEADERS = 4;

  private final Socket socket;
  private final OutputStream out;
  private final DataInputStream in;

  record Frame(int type, int flags, int stream, byte[] payload) {
    boolean endsStream() {
      return (type == DATA || type == HEADERS) && (flags & END_STREAM) != 0;
    }

    /** Of a GOAWAY or RST_STREAM. */
    int errorCode() {
      return ByteBuffer.wrap(payload).getInt(type == GOAWAY ? 4 : 0);
    }
  }

  RawHttp2(int port) throws IOException {
    socket = new Socket("127.0.0.1", port);
    socket.setSoTimeout(10_000);
    out = socket.getOutputStream();
    in = new DataInputStream(socket.getInputStream());
    out.write("PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n".getBytes(StandardCharsets.US_ASCII));
    write(SETTINGS, 0, 0, new byte[0]);
  }

  /**
   * A request without a body.
   *
   * @param namesAndValues in turn
   */
  void request(int stream, String... namesAndValues) throws IOException {
    ByteArrayOutputStream headers = new ByteArrayOutputStream();
    for (int i = 0; i < namesAndValues.length; i += 2) {
      header(headers, namesAndValues[i], namesAndValues[i + 1]);
    }
    write(HEADERS, END_HEADERS | END_STREAM, stream, headers.toByteArray());
  }

  void call(int stream, String path, MessageLite message) throws IOException {
    ByteArrayOutputStream headers = new ByteArrayOutputStream();
    header(headers, ":method", "POST");
    header(headers, ":scheme", "http");
    header(headers, ":path", path);
    header(headers, ":authority", "localhost");
    header(headers, "content-type", "application/grpc");
    header(headers, "te", "trailers");
    write(HEADERS, END_HEADERS, stream, headers.toByteArray());
    byte[] bytes = message.toByteArray();
    write(
        DATA,
        END_STREAM,
        stream,
        ByteBuffer.allocate(5 + bytes.length)
            .put((byte) 0)
            .putInt(bytes.length)
            .put(bytes)
            .array());
  }

  /** The next frame that is of one of these types. */
  Frame next(Integer... types) throws IOException {
    while (true) {
      Frame frame = read();
      if (List.of(types).contains(frame.type())) {
        return frame;
      }
    }
  }

  /** Every frame up to the orderly end of the connection; a connection that is reset throws. */
  List<Frame> rest() throws IOException {
    List<Frame> frames = new ArrayList<>();
    try {
      while (true) {
        frames.add(read());
      }
    } catch (EOFException e) {
      return frames;
    }
  }

  private Frame read() throws IOException {
    int length = in.readUnsignedByte() << 16 | in.readUnsignedShort();
    int type = in.readUnsignedByte();
    int flags = in.readUnsignedByte();
    int stream = in.readInt();
    byte[] payload = new byte[length];
    in.readFully(payload);
    return new Frame(type, flags, stream, payload);
  }

  private void write(int type, int flags, int stream, byte[] payload) throws IOException {
    ByteBuffer frame = ByteBuffer.allocate(9 + payload.length);
    frame.putInt(payload.length << 8 | type).put((byte) flags).putInt(stream).put(payload);
    out.write(frame.array());
    out.flush();
  }

  /** Literal, without indexing, without Huffman coding. */
  private static void header(ByteArrayOutputStream to, String name, String value) {
    to.write(0);
    string(to, name);
    string(to, value);
  }

  private static void string(ByteArrayOutputStream to, String text) {
    byte[] bytes = text.getBytes(StandardCharsets.US_ASCII);
    to.write(bytes.length);
    to.writeBytes(bytes);
  }

  @Override
  public void close() throws IOException {
    socket.close();
  }
}
