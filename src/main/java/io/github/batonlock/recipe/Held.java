package io.github.batonlock.recipe;

import io.github.batonlock.HeldLock;
import io.github.batonlock.Revocation;
import java.time.Duration;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.function.Consumer;

/**
 * What somebody has by one lock or by several at once, from the grant until it is released or lost.
 *
 * <p><b>It can end at any moment</b>, with all that {@link HeldLock} says of it. Where it is made
 * of several locks, it is held while all of them are, and lost with the first; the others are kept
 * until it is closed, because the work may still be going on.
 *
 * <p>Safe for use by many threads; owned by no thread. Closing releases it.
 */
public interface Held extends AutoCloseable {

  /**
   * Whether it is held now.
   *
   * @return as {@link HeldLock#isHeld}
   */
  boolean isHeld();

  /**
   * How long it is good for, if no renewal succeeds any more.
   *
   * @return as {@link HeldLock#remaining}
   */
  Duration remaining();

  /**
   * Returns if it is held now, and throws otherwise.
   *
   * @throws io.github.batonlock.LockRevokedException if it was lost
   * @throws io.github.batonlock.LockNotHeldException as {@link HeldLock#ensureHeld}
   * @throws IllegalStateException if it was closed
   */
  void ensureHeld();

  /**
   * Returns if it is held and will be for the given time even if no renewal succeeds any more.
   *
   * @param duration as for {@link HeldLock#ensureHeldFor}
   * @throws io.github.batonlock.LockRevokedException if it was lost
   * @throws io.github.batonlock.LockNotHeldException if less time is left
   * @throws IllegalArgumentException if no lease can last that long
   * @throws IllegalStateException if it was closed
   */
  void ensureHeldFor(Duration duration);

  /**
   * Registers what to do when it is lost. Runs once, on the client's callback executor, with the
   * first lock that was lost; at once if that has happened already; never after it was closed
   * first.
   *
   * @param callback takes what happened
   * @return this
   */
  Held onRevoked(Consumer<? super Revocation> callback);

  /**
   * What ended this possession, if it was not the holder.
   *
   * @return empty while it is held, and after it was released by its holder
   */
  Optional<Revocation> revocation();

  /**
   * Releases it, and waits until that is confirmed, as {@link HeldLock#close} does. From the call
   * on, it is not held. Does nothing the second time. Never throws.
   */
  @Override
  void close();

  /**
   * Like {@link #close}, without blocking.
   *
   * @return done when confirmed, or given up; never fails
   */
  CompletableFuture<Void> closeAsync();
}
