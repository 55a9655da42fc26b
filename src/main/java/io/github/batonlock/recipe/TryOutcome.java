package io.github.batonlock.recipe;

import io.github.batonlock.Hold;
import io.github.batonlock.LockStoreException;
import io.github.batonlock.internal.client.Acquiring;
import org.jspecify.annotations.Nullable;

/**
 * What one try of a recipe came to.
 *
 * @param value what the first waiter wants; null if the try did not get it
 * @param why why not: a refusal that names a holder, or a failure; null if not known
 * @param next what follows
 */
record TryOutcome<T extends Hold>(@Nullable T value, @Nullable Throwable why, Next next) {
  /** What follows a try. */
  enum Next {
    /** The next try, at once. */
    AT_ONCE,

    /** A pause, and then the next try, if there is time. */
    PAUSE,

    /** The end of the waiter for which the try was made. */
    END
  }

  static <T extends Hold> TryOutcome<T> got(T value) {
    return new TryOutcome<>(value, null, Next.AT_ONCE);
  }

  /** Returns that the round of tries goes on. */
  static <T extends Hold> TryOutcome<T> goOn(@Nullable Throwable why) {
    return new TryOutcome<>(null, why, Next.AT_ONCE);
  }

  /** Returns that other holders have it. */
  static <T extends Hold> TryOutcome<T> notYet(@Nullable Throwable why) {
    return new TryOutcome<>(null, why, Next.PAUSE);
  }

  static <T extends Hold> TryOutcome<T> failed(Throwable why) {
    return new TryOutcome<>(null, why, Next.END);
  }

  /** Returns what a failure means: "not yet", if a later try may succeed. */
  static <T extends Hold> TryOutcome<T> of(Throwable failure) {
    Throwable why = Acquiring.reason(failure);
    boolean mayPass = why instanceof LockStoreException store && store.kind().isTransient();
    return mayPass || Acquiring.isHeld(why) ? notYet(why) : failed(why);
  }

  /** Returns the same outcome, with a pause before the next try. */
  TryOutcome<T> thenPause() {
    return new TryOutcome<>(value, why, Next.PAUSE);
  }
}
