package org.privateproving.cli;

import java.io.IOException;
import java.io.OutputStream;
import java.io.PrintStream;
import java.nio.charset.StandardCharsets;

/**
 * Standard output, shared by what is printed and one status line below it. On a terminal the status
 * line is taken away before anything else is printed and put back after; elsewhere there is none.
 * Thread-safe.
 */
final class Terminal extends OutputStream {
  private static final String ERASE = "\r\033[K";
  // A line wider than the terminal would wrap, and only its last part could be erased.
  private static final String NO_WRAP = "\033[?7l";
  private static final String WRAP = "\033[?7h";

  private final OutputStream out;
  private final boolean interactive;
  private String status = "";
  private boolean drawn;
  private boolean atLineStart = true;

  /**
   * @param interactive whether somebody watches, and can be shown a line that changes
   */
  Terminal(OutputStream out, boolean interactive) {
    this.out = out;
    this.interactive = interactive;
  }

  boolean isInteractive() {
    return interactive;
  }

  /** A stream that prints above the status line. */
  PrintStream stream() {
    return new PrintStream(this, true, StandardCharsets.UTF_8);
  }

  /** Prints a line that stays. */
  void line(String text) {
    byte[] bytes = (printable(text) + System.lineSeparator()).getBytes(StandardCharsets.UTF_8);
    write(bytes, 0, bytes.length);
  }

  /** Replaces the status line; empty: none. */
  synchronized void status(String text) {
    if (!interactive || text.equals(status)) {
      return;
    }
    status = printable(text);
    erase();
    draw();
    flush();
  }

  @Override
  public void write(int value) {
    write(new byte[] {(byte) value}, 0, 1);
  }

  @Override
  public synchronized void write(byte[] bytes, int offset, int length) {
    if (length == 0) {
      return;
    }
    erase();
    put(bytes, offset, length);
    atLineStart = bytes[offset + length - 1] == '\n';
    draw();
    flush();
  }

  @Override
  public synchronized void flush() {
    try {
      out.flush();
    } catch (IOException e) {
      // Whoever read it is gone; there is nobody left to tell.
    }
  }

  private void erase() {
    if (drawn) {
      put(ERASE);
      drawn = false;
    }
  }

  private void draw() {
    if (!status.isEmpty() && atLineStart) {
      put(NO_WRAP + status + WRAP);
      drawn = true;
    }
  }

  private void put(String text) {
    byte[] bytes = text.getBytes(StandardCharsets.UTF_8);
    put(bytes, 0, bytes.length);
  }

  private void put(byte[] bytes, int offset, int length) {
    try {
      out.write(bytes, offset, length);
    } catch (IOException e) {
      // As in flush.
    }
  }

  private static String printable(String text) {
    return text.replaceAll("\\p{Cntrl}+", " ");
  }
}
