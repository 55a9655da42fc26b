package io.github.batonlock.simulation;

import io.github.batonlock.HeldLock;
import io.github.batonlock.Leases;
import io.github.batonlock.LockException;
import io.github.batonlock.LockKey;
import io.github.batonlock.LockNotAcquiredException;
import io.github.batonlock.LockNotHeldException;
import io.github.batonlock.LockRequest;
import io.github.batonlock.LockStoreException;
import io.github.batonlock.Revocation;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import software.amazon.awssdk.core.SdkBytes;

/** What all users have in common: what they ask for, and what of their life is written down. */
final class Users extends Story {
  private static final int USERS_PER_NODE = 2;
  private static final int CROWD = 5;

  Users(SimulatedWorld world) {
    super(world);
  }

  @Override
  void moveIn(Node node) {
    int number = world.scenario.has(Scenario.Hazard.CROWDS) ? CROWD : USERS_PER_NODE;
    for (int i = 0; i < number; i++) {
      new User(world, this, node).start();
    }
  }

  @Override
  void crashed(Node node, Reading at) {
    world.history.holds.stream()
        .filter(hold -> hold.node == node && hold.endedAt() == Long.MAX_VALUE)
        .forEach(hold -> hold.crashedAt = at);
    world.history.waits.stream().filter(wait -> wait.node == node).forEach(this::ended);
    world.history.looks.stream().filter(look -> look.node == node).forEach(this::ended);
  }

  @Override
  List<Violation> check(long calmFrom, long stoppedAt) {
    return new Checks(world, calmFrom, stoppedAt).run();
  }

  @Override
  Map<String, Long> tally() {
    return Tally.of(world.history).counts();
  }

  /** How long a user works under a lock, at most. */
  Duration longestWork(Node node) {
    Duration lease = node.terms.lease();
    if (world.scenario.has(Scenario.Hazard.CROWDS)) {
      return lease.dividedBy(world.chance(20) ? 1 : 16);
    }
    return lease.multipliedBy(world.chance(3) ? 4 : 1);
  }

  /** How long a user wants nothing, at most. */
  Duration longestRest(Node node) {
    return node.terms.lease().dividedBy(world.scenario.has(Scenario.Hazard.CROWDS) ? 64 : 4);
  }

  LockRequest request(LockKey key, Node node) {
    LockRequest.Builder request = LockRequest.builder().key(key);
    Duration lease = node.terms.lease();
    switch (world.random.nextInt(4)) {
      case 0 -> request.waitForever();
      case 1 ->
          request.waitUpTo(world.chance(8) ? Duration.ZERO : world.upTo(lease.multipliedBy(3)));
      default -> request.waitUpTo(lease.multipliedBy(2));
    }
    if (world.scenario.has(Scenario.Hazard.DELETE_ON_RELEASE)) {
      request.deleteOnRelease(world.random.nextBoolean());
    }
    List<Leases> leases = world.scenario.leases();
    request.leases(leases.get(world.random.nextInt(leases.size())));
    if (world.chance(4)) {
      request.data(SdkBytes.fromUtf8String("first of " + node));
    }
    if (world.scenario.has(Scenario.Hazard.LIMITS)) {
      limit(request, node);
    }
    return request.build();
  }

  /** One limit, all three, or none. */
  private void limit(LockRequest.Builder request, Node node) {
    int which = world.random.nextInt(6);
    if (which == 0 || which == 3) {
      request.maxHold(world.upTo(node.terms.lease().multipliedBy(3)).plusMillis(1));
    }
    if (which == 1 || which == 3) {
      request.stallLimit(world.upTo(node.terms.lease().multipliedBy(2)).plusMillis(1));
    }
    if (which == 2 || which == 3) {
      request.whileAlive(mortal(node));
    }
  }

  /** A thread that ends some time; that it has not begun yet makes no difference. */
  private Thread mortal(Node node) {
    Thread worker = new Thread(() -> {}, "worker");
    node.machine.after(
        world.upTo(node.terms.lease().multipliedBy(3)),
        () -> {
          worker.start();
          try {
            worker.join();
          } catch (InterruptedException e) {
            throw new AssertionError("nobody interrupts the world", e);
          }
          world.history.deaths.put(worker, node.reading());
        });
    return worker;
  }

  Wait waits(Node node, LockKey key, LockRequest request) {
    Wait wait =
        new Wait(
            node,
            key,
            node.reading(),
            request.leases().orElseThrow(),
            request.isWaitForever() ? null : request.waitUpTo().orElseThrow());
    world.history.waits.add(wait);
    world.trace(
        () ->
            "%s, lease %s, %s"
                .formatted(
                    wait, wait.leases, wait.limit == null ? "for ever" : "up to " + wait.limit));
    return wait;
  }

  /** One look is no wait, but needs a session as well. */
  Wait looks(Node node, LockRequest request) {
    Leases leases = request.leases().orElseThrow();
    Wait look = new Wait(node, request.key(), node.reading(), leases, Duration.ZERO);
    world.history.looks.add(look);
    return look;
  }

  void ended(Wait wait) {
    if (wait.ended == null) {
      wait.ended = wait.node.reading();
    }
  }

  /** What a call may fail with, according to its documentation. */
  boolean isDocumented(Throwable failure, Node node) {
    world.trace(() -> node + " was refused: " + failure);
    boolean closed = failure instanceof IllegalStateException && !node.isOpen();
    return closed
        || failure instanceof LockNotAcquiredException
        || failure instanceof LockStoreException
        || failure instanceof LockNotHeldException;
  }

  Hold granted(Node node, HeldLock lock, LockRequest request) {
    Commit grant = grantOf(node, lock);
    String lineage = grant == null ? "" : grant.after().version();
    LockKey session = grant == null || grant.send() == null ? null : grant.send().session();
    Hold hold =
        new Hold(node, lock, request, lineage == null ? "" : lineage, session, node.reading());
    world.history.began(hold);
    hold.renewedBefore = world.history.renewedAt(hold);
    world.trace(() -> hold + " begins");
    if (grant == null) {
      world.history.violated("store", world.now(), hold + " was never written to the table");
    }
    lock.onJeopardy(same -> worried(hold, true));
    lock.onSafe(same -> worried(hold, false));
    hold.heldWhenGiven = looksAt(hold);
    if (world.random.nextBoolean()) {
      world.history.holdsOf(hold.key).forEach(this::probe);
    }
    return hold;
  }

  /** The write that made this hold: the only one by this node with its token. */
  private Commit grantOf(Node node, HeldLock lock) {
    List<Commit> changes = world.history.commitsOf(lock.key());
    for (int i = changes.size() - 1; i >= 0; i--) {
      Commit commit = changes.get(i);
      Send send = commit.send();
      if (send != null
          && send.isGrant()
          && send.node() == node
          && commit.after().token() == lock.fencingToken()) {
        return commit;
      }
    }
    return null;
  }

  /** Some thread of the user's asks, too, at the worst moment for it. */
  private void probe(Hold hold) {
    if (!hold.node.machine.isPaused() && !hold.node.isCrashed() && hold.closedAt == null) {
      looksAt(hold);
    }
  }

  @Override
  void wokeUp(Node node) {
    world.history.holds.stream().filter(hold -> hold.node == node).forEach(this::probe);
  }

  /** The user asks whether he holds his lock. */
  boolean looksAt(Hold hold) {
    boolean held = hold.lock.isHeld();
    // Until a date has told, nothing can be known of a clock that has stood still (protocol 2).
    if (held && !hold.node.isUnaware()) {
      hold.beliefs.add(
          new Hold.Belief(
              hold.node.reading(),
              world.history.renewedAt(hold),
              world.history.answeredAt(hold),
              world.history.isNamedByItem(hold)));
    }
    suspects(hold, held);
    return held;
  }

  /** Who is told that his lock is perhaps his asks again when that should be settled. */
  private void suspects(Hold hold, boolean held) {
    boolean isOver =
        hold.lock.revocation().isPresent()
            || hold.closeAskedAt != Long.MAX_VALUE
            || hold.closedAt != null;
    if (held || isOver) {
      hold.isCertain();
    } else if (hold.isSuspect(hold.node.reading())) {
      long soon = 2 * Check.recovery(world.scenario, hold.node);
      hold.node.machine.after(Duration.ofNanos(soon), () -> probe(hold));
    }
  }

  private void worried(Hold hold, boolean begins) {
    world.trace(() -> hold + (begins ? " is in jeopardy" : " is safe"));
    world.happened(begins ? "jeopardy" : "safe");
    hold.worries.add(new Hold.Worry(hold.node.reading(), begins, world.history.answeredAt(hold)));
  }

  /** A user calls something that has to end. */
  UserCall calls(UserCall call) {
    world.history.calls.add(call);
    return call;
  }

  /** The user says that his work goes on, if he may do any. */
  void goesOn(Hold hold) {
    if (looksAt(hold)) {
      hold.lock.progress();
      hold.pulses.add(hold.node.reading());
    }
  }

  void told(Hold hold, Revocation revocation) {
    world.trace(() -> hold + ": " + revocation);
    hold.told.add(
        new Hold.Told(
            hold.node.reading(),
            revocation,
            world.history.renewedAt(hold),
            world.history.answeredAt(hold)));
  }

  /** A release that the user asked for at that moment has returned. */
  void closed(Hold hold, Reading at) {
    if (hold.lock.revocation().isEmpty()) {
      world.trace(() -> hold + " is over");
      hold.closedAt = at;
      if (hold.lock.isHeld()) {
        world.history.violated("release", world.now(), hold + " was given back and is held still");
      }
      hold.releaseReturnedAt = hold.node.reading();
    }
  }

  @Override
  public void releaseUnconfirmed(HeldLock lock, LockException failure) {
    world.history.holds.stream()
        .filter(hold -> hold.lock == lock)
        .forEach(hold -> hold.releaseUnconfirmed = true);
  }
}
