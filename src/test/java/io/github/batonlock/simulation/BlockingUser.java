package io.github.batonlock.simulation;

import io.github.batonlock.HeldLock;
import io.github.batonlock.LockKey;
import io.github.batonlock.LockRequest;
import io.github.batonlock.LockRevokedException;
import org.jspecify.annotations.Nullable;

/** The same by blocking calls, which may be interrupted: straight-line code on its own thread. */
final class BlockingUser {
  private final SimulatedWorld world;
  private final Users users;
  private final Node node;

  BlockingUser(SimulatedWorld world, Users users, Node node) {
    this.world = world;
    this.users = users;
    this.node = node;
  }

  void work(Runnable then) {
    LockKey key = world.someKey();
    LockRequest request = users.request(key, node);
    try {
      switch (world.random.nextInt(3)) {
        case 0 -> lookOnce(request);
        case 1 -> acquire(request);
        default -> call(request);
      }
    } catch (InterruptedException e) {
      world.trace(() -> node + " was interrupted");
    } catch (RuntimeException e) {
      if (!users.isDocumented(e, node)) {
        throw e;
      }
    }
    then.run();
  }

  private void lookOnce(LockRequest request) throws InterruptedException {
    Wait look = users.looks(node, request);
    @Nullable HeldLock lock;
    try {
      lock = node.client.tryAcquire(request.withoutWaiting()).orElse(null);
    } finally {
      users.ended(look);
    }
    if (lock != null) {
      holdAndClose(users.granted(node, lock, request));
    }
  }

  private void acquire(LockRequest request) throws InterruptedException {
    Wait wait = users.waits(node, request.key(), request);
    @Nullable HeldLock lock;
    try {
      lock = node.client.acquire(request);
    } finally {
      users.ended(wait);
    }
    wait.hold = users.granted(node, lock, request);
    holdAndClose(wait.hold);
  }

  private void holdAndClose(Hold hold) {
    HeldLock lock = hold.lock;
    lock.onRevoked(revocation -> users.told(hold, revocation));
    work(hold);
    Reading at = node.reading();
    hold.closeAskedAt = at.world();
    UserCall closing = users.calls(node.release(hold.toString()));
    lock.close();
    closing.end();
    users.closed(hold, at);
  }

  private void call(LockRequest request) throws InterruptedException {
    Wait wait = users.waits(node, request.key(), request);
    Hold[] holds = new Hold[1];
    Reading[] workEnded = new Reading[1];
    try {
      node.client.runLocked(
          request,
          lock -> {
            users.ended(wait);
            holds[0] = users.granted(node, lock, request);
            wait.hold = holds[0];
            holds[0].workEndedAt = Long.MAX_VALUE;
            lock.onRevoked(revocation -> users.told(holds[0], revocation));
            work(holds[0]);
            workEnded[0] = node.reading();
            holds[0].workEndedAt = workEnded[0].world();
            holds[0].closeAskedAt = workEnded[0].world();
          });
      users.closed(holds[0], workEnded[0]);
    } catch (LockRevokedException e) {
      world.trace(() -> node + " was told by the end of its work: " + e.revocation().reason());
    } finally {
      users.ended(wait);
    }
  }

  private void work(Hold hold) {
    int steps = world.random.nextInt(1, 6);
    for (int i = 0; i < steps && users.looksAt(hold) && users.mayBegin(node); i++) {
      node.pass(world.upTo(users.longestWork(node).dividedBy(2)));
      if (world.scenario.has(Scenario.Hazard.LIMITS) && world.chance(2)) {
        users.goesOn(hold);
      }
    }
    users.looksAt(hold);
  }
}
