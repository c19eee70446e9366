package org.privateproving.database;

import java.io.IOException;
import java.nio.channels.FileChannel;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import org.privateproving.domain.InvalidSetting;

/** Keeps a folder to one user. The operating system lets go of it when the process dies. */
final class FolderLock implements AutoCloseable {
  // Asked before the system is: to open and close the file of a lock that this process holds would
  // release it.
  private static final Set<Path> HELD_HERE = ConcurrentHashMap.newKeySet();

  private final Path file;
  private final FileChannel channel;

  private FolderLock(Path file, FileChannel channel) {
    this.file = file;
    this.channel = channel;
  }

  /**
   * @param file a path without symbolic links
   * @param folder named to the operator
   * @throws InvalidSetting if it is taken
   */
  static FolderLock take(Path file, Path folder) throws IOException {
    if (!HELD_HERE.add(file)) {
      throw taken(folder);
    }
    try {
      var channel = FileChannel.open(file, StandardOpenOption.CREATE, StandardOpenOption.WRITE);
      if (channel.tryLock() == null) {
        channel.close();
        throw taken(folder);
      }
      return new FolderLock(file, channel);
    } catch (Throwable e) {
      HELD_HERE.remove(file);
      throw e;
    }
  }

  @Override
  public void close() throws IOException {
    channel.close();
    HELD_HERE.remove(file);
  }

  private static InvalidSetting taken(Path folder) {
    return new InvalidSetting(
        "private-proving.data",
        "another process uses "
            + folder
            + " (expected: a data folder for each process). Stop that one, or set another folder");
  }
}
