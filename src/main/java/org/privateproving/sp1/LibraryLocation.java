package org.privateproving.sp1;

import java.net.URISyntaxException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.CodeSource;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;

/** Finds the native library. */
final class LibraryLocation {

  static final String PROPERTY = "private-proving.native-library";
  private static final String NAME = "libprivate_proving_bridge.so";

  private LibraryLocation() {}

  /** The library asked for, or else the one in the usual places. */
  static Path find(@Nullable Path asked) throws EngineException {
    List<Path> places = asked == null ? usual() : List.of(asked);
    for (Path place : places) {
      if (Files.isRegularFile(place)) {
        return place.toAbsolutePath().normalize();
      }
    }
    throw new EngineException(
        EngineException.Kind.ENGINE_UNAVAILABLE,
        "The native library is not at %s. Build it with native/build, or name it with -D%s=PATH."
            .formatted(
                String.join(" nor ", places.stream().map(Path::toString).toList()), PROPERTY));
  }

  private static List<Path> usual() {
    String property = System.getProperty(PROPERTY);
    if (property != null) {
      return List.of(Path.of(property));
    }
    List<Path> places = new ArrayList<>();
    Path jar = jarFolder();
    if (jar != null) {
      places.add(jar.resolve(NAME));
      places.add(jar.resolve("native").resolve(NAME));
    }
    places.add(Path.of("target", "native", NAME));
    return places;
  }

  private static @Nullable Path jarFolder() {
    CodeSource source = LibraryLocation.class.getProtectionDomain().getCodeSource();
    if (source == null || source.getLocation() == null) {
      return null;
    }
    try {
      return Path.of(source.getLocation().toURI()).getParent();
    } catch (URISyntaxException e) {
      return null;
    }
  }
}
