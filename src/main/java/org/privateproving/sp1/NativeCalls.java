package org.privateproving.sp1;

import static java.lang.foreign.ValueLayout.ADDRESS;
import static java.lang.foreign.ValueLayout.JAVA_BYTE;
import static java.lang.foreign.ValueLayout.JAVA_INT;
import static java.lang.foreign.ValueLayout.JAVA_LONG;

import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.lang.invoke.MethodHandle;
import java.nio.charset.StandardCharsets;
import org.jspecify.annotations.Nullable;

/** The library's functions in Java's terms. Pointers passed in are live: {@link NativeHandle}. */
final class NativeCalls {

  private static final long ERROR_SIZE = 512;
  private static final long LINE_SIZE = 512;
  private static final int LINE_TARGET = 16;
  private static final int LINE_TARGET_SIZE = 120;
  private static final int LINE_MESSAGE = LINE_TARGET + LINE_TARGET_SIZE;

  private final MethodHandle info;
  private final MethodHandle logStart;
  private final MethodHandle logNext;
  private final MethodHandle bufferNew;
  private final MethodHandle bufferAppend;
  private final MethodHandle bufferLength;
  private final MethodHandle bufferRead;
  private final MethodHandle engineOpen;
  private final MethodHandle programSetup;
  private final MethodHandle programHash;
  private final MethodHandle programKey;
  private final MethodHandle stdinDecode;
  private final MethodHandle stdinSize;
  private final MethodHandle execute;
  private final MethodHandle prove;
  private final MethodHandle verify;
  private final MethodHandle testPanic;
  final MethodHandle bufferFree;
  final MethodHandle engineFree;
  final MethodHandle programFree;
  final MethodHandle stdinFree;

  NativeCalls(NativeLibrary library) throws EngineException {
    info = library.function("pp_info", JAVA_INT, ADDRESS, ADDRESS);
    logStart = library.function("pp_log_start", JAVA_INT, ADDRESS, JAVA_LONG, ADDRESS);
    logNext = library.function("pp_log_next", JAVA_INT, JAVA_LONG, ADDRESS);
    bufferNew = library.function("pp_buffer_new", JAVA_INT, JAVA_LONG, ADDRESS, ADDRESS);
    bufferAppend =
        library.copying("pp_buffer_append", JAVA_INT, ADDRESS, ADDRESS, JAVA_LONG, ADDRESS);
    bufferLength = library.function("pp_buffer_length", JAVA_LONG, ADDRESS);
    bufferRead =
        library.copying(
            "pp_buffer_read", JAVA_INT, ADDRESS, JAVA_LONG, ADDRESS, JAVA_LONG, ADDRESS, ADDRESS);
    engineOpen = library.function("pp_engine_open", JAVA_INT, JAVA_INT, JAVA_INT, ADDRESS, ADDRESS);
    programSetup =
        library.function(
            "pp_program_setup", JAVA_INT, ADDRESS, ADDRESS, JAVA_LONG, ADDRESS, ADDRESS);
    programHash = library.function("pp_program_hash", JAVA_INT, ADDRESS, ADDRESS, ADDRESS);
    programKey = library.function("pp_program_key", JAVA_INT, ADDRESS, ADDRESS, ADDRESS);
    stdinDecode =
        library.function("pp_stdin_decode", JAVA_INT, ADDRESS, JAVA_LONG, ADDRESS, ADDRESS);
    stdinSize = library.function("pp_stdin_size", JAVA_LONG, ADDRESS);
    execute =
        library.function(
            "pp_execute", JAVA_INT, ADDRESS, ADDRESS, JAVA_LONG, ADDRESS, ADDRESS, ADDRESS);
    prove = library.function("pp_prove", JAVA_INT, ADDRESS, ADDRESS, JAVA_INT, ADDRESS, ADDRESS);
    verify = library.function("pp_verify", JAVA_INT, ADDRESS, ADDRESS, ADDRESS);
    testPanic = library.function("pp_test_panic", JAVA_INT, ADDRESS);
    bufferFree = library.function("pp_buffer_free", null, ADDRESS);
    engineFree = library.function("pp_engine_free", null, ADDRESS);
    programFree = library.function("pp_program_free", null, ADDRESS);
    stdinFree = library.function("pp_stdin_free", null, ADDRESS);
  }

  EngineInfo info(EngineKind kind) throws EngineException {
    try (Arena arena = Arena.ofConfined()) {
      MemorySegment place = arena.allocate(72, 8);
      call(arena, error -> (int) info.invokeExact(place, error));
      return new EngineInfo(
          kind,
          text(place, 8, 32, place.get(JAVA_INT, 0)),
          text(place, 40, 32, place.get(JAVA_INT, 4)));
    }
  }

  void startLog(String filter) throws EngineException {
    try (Arena arena = Arena.ofConfined()) {
      byte[] bytes = filter.getBytes(StandardCharsets.UTF_8);
      MemorySegment text = arena.allocateFrom(JAVA_BYTE, bytes);
      call(arena, error -> (int) logStart.invokeExact(text, (long) bytes.length, error));
    }
  }

  /** One of the prover's log lines, and how many were lost before it. */
  record LogLine(int level, String target, String message, int dropped) {}

  @Nullable LogLine nextLogLine(long timeoutMillis) {
    try (Arena arena = Arena.ofConfined()) {
      MemorySegment line = arena.allocate(LINE_SIZE, 8);
      int found = (int) logNext.invokeExact(timeoutMillis, line);
      if (found == 0) {
        return null;
      }
      return new LogLine(
          line.get(JAVA_INT, 0),
          text(line, LINE_TARGET, LINE_TARGET_SIZE, line.get(JAVA_INT, 4)),
          text(line, LINE_MESSAGE, (int) LINE_SIZE - LINE_MESSAGE, line.get(JAVA_INT, 8)),
          line.get(JAVA_INT, 12));
    } catch (Throwable e) {
      throw new AssertionError(e);
    }
  }

  MemorySegment openEngine(EngineKind kind, int device) throws EngineException {
    return create((out, error) -> (int) engineOpen.invokeExact(kind.number(), device, out, error));
  }

  MemorySegment newBuffer(long sizeHint) throws EngineException {
    return create((out, error) -> (int) bufferNew.invokeExact(sizeHint, out, error));
  }

  void append(MemorySegment buffer, MemorySegment bytes) throws EngineException {
    try (Arena arena = Arena.ofConfined()) {
      call(arena, error -> (int) bufferAppend.invokeExact(buffer, bytes, bytes.byteSize(), error));
    }
  }

  long length(MemorySegment buffer) {
    try {
      return (long) bufferLength.invokeExact(buffer);
    } catch (Throwable e) {
      throw new AssertionError(e);
    }
  }

  /** Copies from {@code offset}; returns how many bytes that were. */
  long read(MemorySegment buffer, long offset, MemorySegment target) throws EngineException {
    try (Arena arena = Arena.ofConfined()) {
      MemorySegment copied = arena.allocate(JAVA_LONG);
      call(
          arena,
          error ->
              (int)
                  bufferRead.invokeExact(buffer, offset, target, target.byteSize(), copied, error));
      return copied.get(JAVA_LONG, 0);
    }
  }

  MemorySegment setup(MemorySegment engine, MemorySegment upload, long limit)
      throws EngineException {
    return create(
        (out, error) -> (int) programSetup.invokeExact(engine, upload, limit, out, error));
  }

  byte[] vkHash(MemorySegment program) throws EngineException {
    try (Arena arena = Arena.ofConfined()) {
      MemorySegment hash = arena.allocate(32);
      call(arena, error -> (int) programHash.invokeExact(program, hash, error));
      return hash.toArray(JAVA_BYTE);
    }
  }

  MemorySegment vk(MemorySegment program) throws EngineException {
    return create((out, error) -> (int) programKey.invokeExact(program, out, error));
  }

  MemorySegment decodeStdin(MemorySegment upload, long limit) throws EngineException {
    return create((out, error) -> (int) stdinDecode.invokeExact(upload, limit, out, error));
  }

  long stdinSize(MemorySegment stdin) {
    try {
      return (long) stdinSize.invokeExact(stdin);
    } catch (Throwable e) {
      throw new AssertionError(e);
    }
  }

  /** An execution as the library reports it; {@code failure} is -1 when there was none. */
  @SuppressWarnings("ArrayRecordComponent")
  record Execution(int failure, long cycles, long gas, byte[] digest, MemorySegment publicValues) {}

  Execution execute(MemorySegment program, MemorySegment stdin, long cycleLimit)
      throws EngineException {
    try (Arena arena = Arena.ofConfined()) {
      MemorySegment result = arena.allocate(56, 8);
      MemorySegment values = arena.allocate(ADDRESS);
      call(
          arena,
          error -> (int) execute.invokeExact(program, stdin, cycleLimit, result, values, error));
      return new Execution(
          result.get(JAVA_INT, 0),
          result.get(JAVA_LONG, 8),
          result.get(JAVA_LONG, 16),
          result.asSlice(24, 32).toArray(JAVA_BYTE),
          values.get(ADDRESS, 0));
    }
  }

  MemorySegment prove(MemorySegment program, MemorySegment stdin, ProofMode mode)
      throws EngineException {
    return create(
        (out, error) -> (int) prove.invokeExact(program, stdin, mode.number(), out, error));
  }

  void verify(MemorySegment program, MemorySegment proof) throws EngineException {
    try (Arena arena = Arena.ofConfined()) {
      call(arena, error -> (int) verify.invokeExact(program, proof, error));
    }
  }

  /** For tests: a panic in the library. */
  void panic() throws EngineException {
    try (Arena arena = Arena.ofConfined()) {
      call(arena, error -> (int) testPanic.invokeExact(error));
    }
  }

  private interface Call {
    int with(MemorySegment error) throws Throwable;
  }

  private interface Creation {
    int with(MemorySegment out, MemorySegment error) throws Throwable;
  }

  private static MemorySegment create(Creation creation) throws EngineException {
    try (Arena arena = Arena.ofConfined()) {
      MemorySegment out = arena.allocate(ADDRESS);
      call(arena, error -> creation.with(out, error));
      return out.get(ADDRESS, 0);
    }
  }

  private static void call(Arena arena, Call call) throws EngineException {
    MemorySegment error = arena.allocate(ERROR_SIZE, 8);
    int code;
    try {
      code = call.with(error);
    } catch (Throwable e) {
      // A downcall itself only fails when this class calls it wrongly.
      throw new AssertionError(e);
    }
    if (code != 0) {
      String message = text(error, 8, (int) ERROR_SIZE - 8, error.get(JAVA_INT, 4));
      throw new EngineException(EngineException.Kind.of(code), message);
    }
  }

  private static String text(MemorySegment segment, long offset, int size, int length) {
    byte[] bytes = segment.asSlice(offset, Math.min(size, length)).toArray(JAVA_BYTE);
    return new String(bytes, StandardCharsets.UTF_8);
  }
}
