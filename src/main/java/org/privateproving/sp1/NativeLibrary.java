package org.privateproving.sp1;

import java.lang.foreign.Arena;
import java.lang.foreign.FunctionDescriptor;
import java.lang.foreign.Linker;
import java.lang.foreign.MemoryLayout;
import java.lang.foreign.SymbolLookup;
import java.lang.foreign.ValueLayout;
import java.lang.invoke.MethodHandle;
import java.nio.file.Path;
import org.jspecify.annotations.Nullable;

/**
 * The library, loaded once per process and never unloaded. Its functions are described in {@code
 * native/bridge/src/interface}.
 */
final class NativeLibrary {

  private static final int ABI_VERSION = 1;
  private static final Object LOCK = new Object();
  private static @Nullable NativeLibrary loaded;

  private final Path path;
  private final Linker linker = Linker.nativeLinker();
  private final SymbolLookup symbols;
  private @Nullable NativeCalls calls;

  private NativeLibrary(Path path) throws EngineException {
    this.path = path;
    try {
      symbols = SymbolLookup.libraryLookup(path, Arena.global());
    } catch (IllegalArgumentException e) {
      throw unavailable(
          "The native library %s does not load: %s".formatted(path, e.getMessage()), e);
    }
  }

  /** The process's library, loaded now if it is not yet. */
  static NativeCalls load(@Nullable Path asked) throws EngineException {
    Path path = LibraryLocation.find(asked);
    synchronized (LOCK) {
      if (loaded == null) {
        NativeLibrary library = new NativeLibrary(path);
        library.checkVersion();
        loaded = library;
        NativeLog.start(library.calls());
      } else if (!loaded.path.equals(path)) {
        throw unavailable(
            "This process has loaded %s and cannot load %s as well.".formatted(loaded.path, path),
            null);
      }
      return loaded.calls();
    }
  }

  private NativeCalls calls() throws EngineException {
    if (calls == null) {
      calls = new NativeCalls(this);
    }
    return calls;
  }

  private void checkVersion() throws EngineException {
    int version;
    try {
      version = (int) function("pp_abi_version", ValueLayout.JAVA_INT).invokeExact();
    } catch (Throwable e) {
      throw new AssertionError(e);
    }
    if (version != ABI_VERSION) {
      throw unavailable(
          "%s: interface version %d (expected: %d). Build it anew with native/build."
              .formatted(path, version, ABI_VERSION),
          null);
    }
  }

  /** A function that may take its time. */
  MethodHandle function(String name, @Nullable MemoryLayout result, MemoryLayout... arguments)
      throws EngineException {
    return link(name, result, arguments);
  }

  /** A function that only copies memory, and may copy from and to the Java heap. */
  MethodHandle copying(String name, @Nullable MemoryLayout result, MemoryLayout... arguments)
      throws EngineException {
    return link(name, result, arguments, Linker.Option.critical(true));
  }

  private MethodHandle link(
      String name,
      @Nullable MemoryLayout result,
      MemoryLayout[] arguments,
      Linker.Option... options)
      throws EngineException {
    FunctionDescriptor descriptor =
        result == null
            ? FunctionDescriptor.ofVoid(arguments)
            : FunctionDescriptor.of(result, arguments);
    var symbol = symbols.find(name);
    if (symbol.isEmpty()) {
      throw unavailable("%s has no function %s; is it our library?".formatted(path, name), null);
    }
    return linker.downcallHandle(symbol.get(), descriptor, options);
  }

  private static EngineException unavailable(String message, @Nullable Throwable cause) {
    var kind = EngineException.Kind.ENGINE_UNAVAILABLE;
    return cause == null
        ? new EngineException(kind, message)
        : new EngineException(kind, message, cause);
  }
}
