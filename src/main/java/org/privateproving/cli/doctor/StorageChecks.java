package org.privateproving.cli.doctor;

import com.typesafe.config.Config;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermission;
import java.util.List;
import java.util.Set;

/** The data folder, its disk, the key file. */
final class StorageChecks {
  private static final long LEAST_BYTES = 1L << 30;
  private static final Set<PosixFilePermission> OWNERS =
      Set.of(
          PosixFilePermission.OWNER_READ,
          PosixFilePermission.OWNER_WRITE,
          PosixFilePermission.OWNER_EXECUTE);

  private final Machine machine;

  StorageChecks(Machine machine) {
    this.machine = machine;
  }

  List<Check> all() {
    return List.of(this::folder, this::space, this::key);
  }

  private Finding folder(Config config) {
    Path data = data(config);
    Path there = existing(data);
    if (!Files.isDirectory(there) || !Files.isWritable(there)) {
      return Finding.fail(
          "data folder",
          there + " can't be written",
          "choose another (--data), or let it be written");
    }
    return there.equals(data)
        ? permissions("data folder", data, "chmod 700 " + data)
        : Finding.ok("data folder", data + " (will be made)");
  }

  private Finding space(Config config) {
    long free;
    try {
      free = machine.freeBytes(existing(data(config)));
    } catch (IOException e) {
      return Finding.warn("disk", "free space can't be read: " + e.getMessage(), "look yourself");
    }
    long wanted = config.getBytes("private-proving.artifacts.max-total");
    String found = Sizes.show(free) + " free";
    if (free < LEAST_BYTES) {
      return Finding.fail("disk", found, "free " + Sizes.show(LEAST_BYTES) + " or more");
    }
    return free < wanted
        ? Finding.warn(
            "disk",
            found + ", artifacts may take " + Sizes.show(wanted),
            "lower private-proving.artifacts.max-total, or use a larger disk (--data)")
        : Finding.ok("disk", found);
  }

  private Finding key(Config config) {
    if (!config.getString("private-proving.artifacts.key-source").equals("file")) {
      return Finding.ok("cluster key", "not in a file");
    }
    String configured = config.getString("private-proving.artifacts.key-file");
    Path file = configured.isEmpty() ? data(config).resolve("cluster.key") : Path.of(configured);
    return Files.exists(file)
        ? permissions("cluster key", file, "chmod 600 " + file)
        : Finding.ok("cluster key", file + " (will be made)");
  }

  /** What others may read is not private; only a key's file is refused for it. */
  private static Finding permissions(String subject, Path path, String advice) {
    Set<PosixFilePermission> granted;
    try {
      granted = Files.getPosixFilePermissions(path);
    } catch (IOException | UnsupportedOperationException e) {
      return Finding.warn(subject, path + ": permissions can't be read", "look yourself");
    }
    return OWNERS.containsAll(granted)
        ? Finding.ok(subject, path.toString())
        : Finding.warn(subject, path + " is open to other users", advice);
  }

  private static Path data(Config config) {
    return Path.of(config.getString("private-proving.data")).toAbsolutePath();
  }

  /** The path, or the nearest folder above it that there is. */
  private static Path existing(Path path) {
    Path there = path;
    while (!Files.exists(there) && there.getParent() != null) {
      there = there.getParent();
    }
    return there;
  }
}
