package io.github.batonlock.micrometer;

import io.github.batonlock.HeldLock;
import io.github.batonlock.LockKey;
import io.github.batonlock.ReleaseRequest;
import io.github.batonlock.Revocation;
import java.time.Duration;
import java.util.Objects;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.function.Consumer;
import software.amazon.awssdk.core.SdkBytes;
import software.amazon.awssdk.services.dynamodb.model.TransactWriteItem;

/** A held lock whose release ends the observation of its hold. */
final class ObservedHeldLock implements HeldLock {
  private final HeldLock lock;
  private final ObservedHold hold;

  ObservedHeldLock(HeldLock lock, ObservedHold hold) {
    this.lock = lock;
    this.hold = hold;
  }

  @Override
  public void close() {
    lock.close();
    ended();
  }

  @Override
  public CompletableFuture<Void> closeAsync() {
    CompletableFuture<Void> closed = lock.closeAsync();
    var unused = closed.whenComplete((nothing, never) -> ended());
    return closed;
  }

  private void ended() {
    lock.revocation().ifPresentOrElse(hold::revoked, hold::released);
  }

  @Override
  public LockKey key() {
    return lock.key();
  }

  @Override
  public long fencingToken() {
    return lock.fencingToken();
  }

  @Override
  public boolean isHeld() {
    return lock.isHeld();
  }

  @Override
  public Duration remaining() {
    return lock.remaining();
  }

  @Override
  public void ensureHeld() {
    lock.ensureHeld();
  }

  @Override
  public void ensureHeldFor(Duration duration) {
    lock.ensureHeldFor(duration);
  }

  @Override
  public Optional<Revocation> revocation() {
    return lock.revocation();
  }

  @Override
  public Optional<LockKey> session() {
    return lock.session();
  }

  @Override
  public void progress() {
    lock.progress();
  }

  @Override
  public TransactWriteItem guard() {
    return lock.guard();
  }

  @Override
  public HeldLock onRevoked(Consumer<? super Revocation> callback) {
    var unused = lock.onRevoked(callback);
    return this;
  }

  @Override
  public HeldLock onJeopardy(Consumer<? super HeldLock> callback) {
    Objects.requireNonNull(callback, "callback");
    var unused = lock.onJeopardy(inner -> callback.accept(this));
    return this;
  }

  @Override
  public HeldLock onSafe(Consumer<? super HeldLock> callback) {
    Objects.requireNonNull(callback, "callback");
    var unused = lock.onSafe(inner -> callback.accept(this));
    return this;
  }

  @Override
  public HeldLock onReleaseRequested(Consumer<? super ReleaseRequest> callback) {
    var unused = lock.onReleaseRequested(callback);
    return this;
  }

  @Override
  public Optional<SdkBytes> data() {
    return lock.data();
  }

  @Override
  public void updateData(SdkBytes data) throws InterruptedException {
    lock.updateData(data);
  }

  @Override
  public CompletableFuture<Void> updateDataAsync(SdkBytes data) {
    return lock.updateDataAsync(data);
  }

  @Override
  public String toString() {
    return lock.toString();
  }
}
