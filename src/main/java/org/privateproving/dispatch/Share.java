package org.privateproving.dispatch;

import java.time.Instant;
import java.util.ArrayList;
import java.util.List;

/**
 * What one requester has of the devices, and when its next turn is. Confined to the dispatcher.
 *
 * <p>{@link #turn} is the start tag of start-time fair queueing: it goes up by one with every
 * request that begins, and whoever comes back after a pause joins at the turn that is being served.
 * So nobody saves up turns by waiting, and nobody gets two before another one gets the first.
 */
final class Share {
  /** Its lanes that are not empty. */
  private final List<Lane> lanes = new ArrayList<>(1);

  private int atWork;
  private long turn;
  private Instant lastBegan = Instant.EPOCH;

  Share(long turn) {
    this.turn = turn;
  }

  List<Lane> lanes() {
    return lanes;
  }

  /** How many devices work for it. */
  int atWork() {
    return atWork;
  }

  long turn() {
    return turn;
  }

  /** It has something to do again: earlier turns are lost. */
  void join(long turnServed) {
    turn = Math.max(turn, turnServed);
  }

  /** A device begins to work for it; the caller serves {@code turnServed} from now on. */
  void begin(long turnServed, Instant now) {
    atWork++;
    turn = Math.max(turn + 1, turnServed);
    lastBegan = now;
  }

  void end() {
    atWork = Math.max(0, atWork - 1);
  }

  /** Whether it may be forgotten: it has nothing here, and had nothing since {@code time}. */
  boolean isIdleSince(Instant time) {
    return lanes.isEmpty() && atWork == 0 && lastBegan.isBefore(time);
  }
}
