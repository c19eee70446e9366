package org.privateproving.database;

import io.zonky.test.db.postgres.embedded.DefaultPostgresBinaryResolver;
import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.nio.file.AtomicMoveNotSupportedException;
import java.nio.file.DirectoryNotEmptyException;
import java.nio.file.FileAlreadyExistsException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.nio.file.attribute.PosixFilePermission;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.EnumSet;
import java.util.HexFormat;
import org.apache.commons.compress.archivers.tar.TarArchiveEntry;
import org.apache.commons.compress.archivers.tar.TarArchiveInputStream;
import org.tukaani.xz.XZInputStream;

/** The PostgreSQL programs that travel inside our libraries, unpacked into a folder. */
final class PostgresBinaries {
  /** Of the programs, and so of every data folder they can open. */
  static final String MAJOR_VERSION = "17";

  private static final String SYSTEM = System.getProperty("os.name", "").split(" ", 2)[0];
  private static final int OWNER_EXECUTE = 0100;

  private PostgresBinaries() {}

  /**
   * Unpacks the programs under {@code parent}, unless they are there, and returns their folder.
   * Several processes may do so at once; a process that dies in between leaves nothing that another
   * would take for complete.
   */
  static Path unpackUnder(Path parent) throws IOException {
    byte[] archive;
    try (var in =
        DefaultPostgresBinaryResolver.INSTANCE.getPgBinary(
            SYSTEM, System.getProperty("os.arch", ""))) {
      archive = in.readAllBytes();
    }
    Path folder = parent.resolve("postgresql-" + MAJOR_VERSION + "-" + digest(archive));
    if (Files.isDirectory(folder)) {
      return folder;
    }
    Path unfinished = Files.createTempDirectory(parent, "unpacking-");
    try {
      unpack(archive, unfinished);
      moveIntoPlace(unfinished, folder);
    } finally {
      Folders.delete(unfinished);
    }
    return folder;
  }

  private static void moveIntoPlace(Path from, Path to) throws IOException {
    try {
      Files.move(from, to, StandardCopyOption.ATOMIC_MOVE);
    } catch (FileAlreadyExistsException | DirectoryNotEmptyException e) {
      // Somebody else was faster, with the same bytes.
    } catch (AtomicMoveNotSupportedException e) {
      throw new IOException("cannot rename within " + to.getParent(), e);
    }
  }

  private static void unpack(byte[] archive, Path into) throws IOException {
    try (var tar =
        new TarArchiveInputStream(new XZInputStream(new ByteArrayInputStream(archive)))) {
      for (TarArchiveEntry entry = tar.getNextEntry(); entry != null; entry = tar.getNextEntry()) {
        Path target = into.resolve(entry.getName()).normalize();
        if (!target.startsWith(into)) {
          throw new IOException("archive entry outside of its folder: " + entry.getName());
        }
        write(tar, entry, target);
      }
    }
  }

  private static void write(TarArchiveInputStream tar, TarArchiveEntry entry, Path target)
      throws IOException {
    if (entry.isDirectory()) {
      Files.createDirectories(target);
      return;
    }
    Files.createDirectories(target.getParent());
    if (entry.isSymbolicLink()) {
      Files.createSymbolicLink(target, Path.of(entry.getLinkName()));
      return;
    }
    Files.copy(tar, target);
    if ((entry.getMode() & OWNER_EXECUTE) != 0) {
      var permissions = EnumSet.copyOf(Files.getPosixFilePermissions(target));
      permissions.add(PosixFilePermission.OWNER_EXECUTE);
      Files.setPosixFilePermissions(target, permissions);
    }
  }

  private static String digest(byte[] archive) {
    try {
      byte[] digest = MessageDigest.getInstance("SHA-256").digest(archive);
      return HexFormat.of().formatHex(digest, 0, 8);
    } catch (NoSuchAlgorithmException e) {
      throw new IllegalStateException("every JDK has SHA-256", e);
    }
  }
}
