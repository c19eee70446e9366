package org.privateproving.fulfiller;

import java.util.Iterator;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import org.privateproving.domain.VkHash;
import org.privateproving.sp1.ProgramKey;

/**
 * The programs whose keys are ready; the one not asked for longest goes first. A key that goes
 * while it is on loan is closed when it comes back. Confined to the device's thread, but for {@link
 * #warm}.
 */
final class ProgramCache implements AutoCloseable {
  private final int capacity;
  private final Map<VkHash, Entry> entries = new LinkedHashMap<>(16, 0.75f, true);
  private volatile Set<VkHash> warm = Set.of();

  private static final class Entry {
    private final ProgramKey key;
    private int loans;
    private boolean evicted;

    Entry(ProgramKey key) {
      this.key = key;
    }

    void closeIfUnused() {
      if (evicted && loans == 0) {
        key.close();
      }
    }
  }

  /** A key that stays open until it is given back by closing the loan. */
  static final class Loan implements AutoCloseable {
    private final Entry entry;
    private boolean returned;

    private Loan(Entry entry) {
      this.entry = entry;
      entry.loans++;
    }

    ProgramKey key() {
      return entry.key;
    }

    @Override
    public void close() {
      if (!returned) {
        returned = true;
        entry.loans--;
        entry.closeIfUnused();
      }
    }
  }

  /**
   * @param capacity how many programs at most, 1 or more
   */
  ProgramCache(int capacity) {
    if (capacity < 1) {
      throw new IllegalArgumentException("capacity: " + capacity + " (expected: 1 or more)");
    }
    this.capacity = capacity;
  }

  /** The programs it has. Any thread. */
  Set<VkHash> warm() {
    return warm;
  }

  Optional<Loan> borrow(VkHash vkHash) {
    return Optional.ofNullable(entries.get(vkHash)).map(Loan::new);
  }

  /** Takes ownership of the key of a program it does not have, and lends it. */
  Loan add(VkHash vkHash, ProgramKey key) {
    while (entries.size() >= capacity) {
      Iterator<Entry> coldest = entries.values().iterator();
      evict(coldest.next());
      coldest.remove();
    }
    Entry entry = new Entry(key);
    entries.put(vkHash, entry);
    warm = Set.copyOf(entries.keySet());
    return new Loan(entry);
  }

  private static void evict(Entry entry) {
    entry.evicted = true;
    entry.closeIfUnused();
  }

  @Override
  public void close() {
    entries.values().forEach(ProgramCache::evict);
    entries.clear();
    warm = Set.of();
  }
}
