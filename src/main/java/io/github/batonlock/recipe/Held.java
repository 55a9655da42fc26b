package io.github.batonlock.recipe;

import io.github.batonlock.HeldLock;
import io.github.batonlock.Revocation;
import java.time.Duration;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.function.Consumer;

/**
 * A hold of one lock or of several at once, from the grant until it is released or lost.
 *
 * <p><b>It can end at any moment</b>, as {@link HeldLock} describes. A hold of several locks lasts
 * while all of them are held, and is lost with the first one; the others are kept until the hold is
 * closed, because the work may still be going on.
 *
 * <p>Safe for use by many threads; no thread owns it. Closing it releases it.
 */
public interface Held extends AutoCloseable {

  /**
   * Returns whether it is held now.
   *
   * @return as {@link HeldLock#isHeld}
   */
  boolean isHeld();

  /**
   * Returns how much time is left, assuming that no further renewal succeeds.
   *
   * @return as {@link HeldLock#remaining}
   */
  Duration remaining();

  /**
   * Checks that it is held now, and throws otherwise.
   *
   * @throws io.github.batonlock.LockRevokedException if it was lost
   * @throws io.github.batonlock.LockNotHeldException as {@link HeldLock#ensureHeld}
   * @throws IllegalStateException if it was closed
   */
  void ensureHeld();

  /**
   * Checks that it is held and will be held for the given time even if no further renewal succeeds,
   * and throws otherwise.
   *
   * @param duration as for {@link HeldLock#ensureHeldFor}
   * @throws io.github.batonlock.LockRevokedException if it was lost
   * @throws io.github.batonlock.LockNotHeldException if less time is left
   * @throws IllegalArgumentException if no lease can last that long
   * @throws IllegalStateException if it was closed
   */
  void ensureHeldFor(Duration duration);

  /**
   * Registers a callback that runs when it is lost. The callback runs once, on the client's
   * callback executor, with the first lock that was lost; at once if it is lost already; never if
   * it was closed first.
   *
   * @param callback takes what happened
   * @return this
   */
  Held onRevoked(Consumer<? super Revocation> callback);

  /**
   * Returns what ended this possession, if the holder did not release it.
   *
   * @return empty while it is held, and after it was released by its holder
   */
  Optional<Revocation> revocation();

  /**
   * Releases it, and waits until the release is confirmed, as {@link HeldLock#close} does. From the
   * call on, it is not held. A second call does nothing. The method never throws.
   */
  @Override
  void close();

  /**
   * Releases it like {@link #close}, without blocking.
   *
   * @return completes when the release is confirmed, or given up; never fails
   */
  CompletableFuture<Void> closeAsync();
}
