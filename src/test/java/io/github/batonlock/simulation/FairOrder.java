package io.github.batonlock.simulation;

import io.github.batonlock.LockKey;
import io.github.batonlock.internal.store.LockWrite;
import java.util.HashSet;
import java.util.Map;
import java.util.NavigableMap;
import java.util.Set;
import java.util.TreeMap;
import java.util.function.Consumer;

/**
 * The queue of a fair lock, as the table has it: who gets the lock has the lowest number of all who
 * keep their place. Tickets of the dead, and of those who were cut off, do not count; nor do turns
 * of those who were cut off while they waited, since these have lost their place.
 */
final class FairOrder {
  private final SimulatedWorld world;
  private final LockKey lock;
  private final String tickets;
  private final Map<Long, Long> turns;
  private final Consumer<String> violated;
  private final Set<String> seen = new HashSet<>();

  /** Who holds each ticket that has not been given back, by its number. */
  private final NavigableMap<Long, Commit> held = new TreeMap<>();

  /**
   * The numbers that were given back: what takes one of them again was sent before, and is late.
   */
  private final Set<Long> over = new HashSet<>();

  /**
   * Of one lock.
   *
   * @param turns since when those had waited who were given a turn, by its fencing token
   * @param violated told what is out of order
   */
  FairOrder(SimulatedWorld world, LockKey lock, Map<Long, Long> turns, Consumer<String> violated) {
    this.world = world;
    this.lock = lock;
    this.tickets = lock.partitionKey() + "/ticket/";
    this.turns = turns;
    this.violated = violated;
  }

  void check() {
    for (Commit commit : world.history.commits) {
      String key = commit.key().partitionKey();
      if (key.startsWith(tickets)) {
        ticketChanged(Long.parseLong(key.substring(tickets.length())), commit);
      } else if (commit.key().equals(lock) && isTurn(commit)) {
        turnBegins(commit);
      }
    }
  }

  private static boolean isAcquired(Commit commit) {
    return commit.send() != null && commit.send().isGrant();
  }

  private boolean isTurn(Commit commit) {
    return isAcquired(commit) && turns.containsKey(commit.after().token());
  }

  /** The next in the queue takes a ticket to outwait it, and deletes it: that is no place. */
  private void ticketChanged(long number, Commit commit) {
    boolean isTaken =
        isAcquired(commit)
            && commit.before().version() == null
            && commit.send().write() instanceof LockWrite.Acquire acquire
            && !acquire.onlyIfExists();
    boolean isNew = commit.after().version() == null || seen.add(commit.after().version());
    boolean isPlace = isTaken && isNew && !over.contains(number);
    if (isPlace && !isLate(commit) && !namesEndedSession(commit)) {
      held.put(number, commit);
    } else if (!commit.after().isHeld() || isAcquired(commit)) {
      held.remove(number);
      over.add(number);
    }
  }

  /** Whether it came so long after its send that its caller has given it up, or sent it again. */
  private static boolean isLate(Commit commit) {
    long lease = commit.send().node().terms.lease().toNanos();
    return commit.at() - commit.send().at().world() > lease;
  }

  /** A client that was suspended learns with its next heartbeat that its session was ended. */
  private boolean namesEndedSession(Commit commit) {
    LockKey session = commit.after().session();
    return session != null && world.history.rowAt(session, commit.at()).released();
  }

  private void turnBegins(Commit commit) {
    Node node = commit.send().node();
    long since = turns.get(commit.after().token());
    if (!Health.isGood(node, since, commit.at())) {
      return;
    }
    for (Commit ticket : held.values()) {
      Node before = ticket.send().node();
      if (before == node) {
        return;
      }
      boolean keepsItsPlace =
          Health.isGood(before, ticket.at(), commit.at()) && before.isOpenAt(commit.at());
      if (keepsItsPlace) {
        violated.accept(node + " has the turn before " + before + ", whose ticket is " + ticket);
        return;
      }
    }
  }
}
