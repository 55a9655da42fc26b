package io.github.batonlock.simulation;

import io.github.batonlock.HeldLock;
import io.github.batonlock.LockKey;
import io.github.batonlock.LockRequest;
import io.github.batonlock.LockRevokedException;
import io.github.batonlock.LockStoreException;
import io.github.batonlock.Revocation;
import java.time.Duration;
import java.util.concurrent.CancellationException;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionException;
import org.jspecify.annotations.Nullable;
import software.amazon.awssdk.core.SdkBytes;

/**
 * One worker of a node, for ever: wants a lock, works under it while it is held, gives it back.
 * Some wait for ever, some give up or are cancelled; some look at their lock often, some hardly.
 */
final class User {
  private final SimulatedWorld world;
  private final Users users;
  private final Node node;
  private final Anger anger;

  User(SimulatedWorld world, Users users, Node node) {
    this.world = world;
    this.users = users;
    this.node = node;
    this.anger = new Anger(world);
  }

  void start() {
    later(node.terms.lease().dividedBy(4), this::wish);
  }

  private void later(Duration longest, Runnable next) {
    node.machine.after(
        world.upTo(longest),
        () -> {
          if (!node.isCrashed()) {
            next.run();
          }
        });
  }

  private void wish() {
    if (!users.mayBegin(node)) {
      return;
    }
    if (world.chance(4)) {
      block();
    } else {
      acquire();
    }
  }

  private void block() {
    if (world.scenario.has(Scenario.Hazard.THREADS)) {
      node.block(() -> new BlockingUser(world, users, node).work(this::rest));
    } else {
      StepwiseUser user = new StepwiseUser(world, users, node, this::rest);
      node.add(user);
      node.machine.run(user::work);
    }
  }

  private void rest() {
    later(users.longestRest(node), this::wish);
  }

  private void acquire() {
    LockKey key = world.someKey();
    LockRequest request = users.request(key, node);
    Wait wait = users.waits(node, key, request);
    CompletableFuture<HeldLock> future = node.client.acquireAsync(request);
    if (Abandonment.strikes(world)) {
      later(node.terms.lease(), () -> Abandonment.end(world, future));
    } else if (world.chance(8)) {
      later(node.terms.lease(), () -> future.cancel(true));
    }
    future.whenComplete(
        (lock, failure) -> {
          users.ended(wait);
          if (lock != null) {
            got(wait, lock, request);
          } else if (failure == null
              || failure instanceof CancellationException
              || Abandonment.isCauseOf(failure)
              || users.isDocumented(failure, node)) {
            rest();
          } else {
            world.history.violated("failures", world.now(), node + ": " + failure);
          }
        });
  }

  private void got(Wait wait, HeldLock lock, LockRequest request) {
    Hold hold = users.granted(node, lock, request);
    wait.hold = hold;
    Duration longest = users.longestWork(node);
    long until = node.machine.nanoTime() + world.upTo(longest).toNanos();
    lock.onRevoked(revocation -> revoked(hold, revocation));
    if (world.scenario.has(Scenario.Hazard.ANGRY_CALLBACKS)) {
      angryWhileHeld(hold);
    }
    work(hold, until);
  }

  private void angryWhileHeld(Hold hold) {
    hold.lock.onJeopardy(lock -> inside(hold));
    hold.lock.onSafe(lock -> inside(hold));
  }

  /** Inside a callback of a lock that is held, or was when it was called. */
  private void inside(Hold hold) {
    if (hold.closeAskedAt == Long.MAX_VALUE && anger.isRoused()) {
      world.happened("angry: held locks closed");
      close(hold);
    }
    anger.mayCloseClient(users, node);
    anger.mayThrow();
  }

  private void revoked(Hold hold, Revocation revocation) {
    users.told(hold, revocation);
    anger.mayCloseLost(hold);
    anger.mayCloseClient(users, node);
    anger.mayThrow();
    if (world.chance(5)) {
      throw new IllegalStateException("a user's callback threw: nobody else may notice");
    }
  }

  private void work(Hold hold, long until) {
    boolean held = users.looksAt(hold);
    if (!held && hold.lock.revocation().isPresent()) {
      lost(hold);
    } else if (hold.closeAskedAt != Long.MAX_VALUE) {
      world.trace(() -> hold + " was closed from inside a callback");
    } else if (node.machine.nanoTime() >= until || !users.mayBegin(node)) {
      close(hold);
    } else {
      if (held && world.chance(6)) {
        update(hold);
      }
      if (world.scenario.has(Scenario.Hazard.LIMITS) && world.chance(2)) {
        users.goesOn(hold);
      }
      boolean rarely = world.scenario.has(Scenario.Hazard.RARE_CHECKS);
      Duration step = rarely ? node.terms.lease().multipliedBy(2) : node.terms.heartbeat();
      later(step, () -> work(hold, until));
    }
  }

  private void lost(Hold hold) {
    if (world.chance(2)) {
      hold.asksToClose(world.now());
      UserCall unused =
          users
              .calls(UserCall.within(Duration.ZERO, node, "close of the lost " + hold))
              .until(hold.lock.closeAsync());
    }
    rest();
  }

  private void update(Hold hold) {
    int number = ++hold.updatesAsked;
    CompletableFuture<Void> update =
        hold.lock.updateDataAsync(SdkBytes.fromUtf8String(Hold.Update.text(hold, number)));
    UserCall unused =
        users
            .calls(UserCall.soonAfter(Duration.ZERO, node, "update " + number + " of " + hold))
            .until(update);
    update.whenComplete(
        (done, failure) -> {
          if (failure == null) {
            hold.updates.add(new Hold.Update(world.now(), number));
          } else if (!(unwrapped(failure) instanceof LockRevokedException)
              && !hasNoRoom(unwrapped(failure))
              && hold.closeAskedAt == Long.MAX_VALUE) {
            world.history.violated("failures", world.now(), hold + ": update: " + failure);
          }
        });
  }

  private boolean hasNoRoom(@Nullable Throwable failure) {
    return node.hasFullItems()
        && failure instanceof LockStoreException store
        && store.kind() == LockStoreException.Kind.INVALID_REQUEST;
  }

  private static @Nullable Throwable unwrapped(Throwable failure) {
    return failure instanceof CompletionException ? failure.getCause() : failure;
  }

  private void close(Hold hold) {
    Reading at = node.reading();
    hold.asksToClose(at.world());
    CompletableFuture<Void> closed = hold.lock.closeAsync();
    UserCall unused = users.calls(node.release(hold.toString())).until(closed);
    closed.whenComplete(
        (done, failure) -> {
          users.closed(hold, at);
          rest();
        });
    if (world.chance(10)) {
      hold.lock.closeAsync();
    }
  }
}
