package org.privateproving.artifact;

import java.io.FilterInputStream;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;

/**
 * The body of an upload. Once it has ended or failed it stays ended: the stream underneath would
 * wait for more until its timeout.
 */
final class Body extends FilterInputStream {
  private boolean ended;

  Body(InputStream in) {
    super(in);
  }

  @Override
  public int read() throws IOException {
    byte[] one = new byte[1];
    return read(one, 0, 1) == -1 ? -1 : one[0] & 0xff;
  }

  @Override
  public int read(byte[] bytes, int offset, int length) throws IOException {
    if (ended) {
      return -1;
    }
    // INVARIANT: whichever way this returns, only a count of bytes reopens the body.
    ended = true;
    int count = in.read(bytes, offset, length);
    ended = count == -1;
    return count;
  }

  /** Reads what is left. */
  void drain() {
    try {
      transferTo(OutputStream.nullOutputStream());
    } catch (IOException e) {
      // It ended, which is all that matters.
    }
  }
}
