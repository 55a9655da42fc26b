package io.github.batonlock.internal.client;

import io.github.batonlock.LockKey;
import io.github.batonlock.internal.protocol.Moment;
import org.jspecify.annotations.Nullable;

/**
 * The lease of a lock that is kept by its client's session: nothing is written for it, unless its
 * data changes. Belongs to the loop.
 */
final class SharedLease extends LeaseKeeper {
  private final Session session;

  SharedLease(Core core, DefaultHeldLock lock, AcquireSpec spec, HoldGrant grant, Session session) {
    super(core, lock, spec, grant);
    this.session = session;
  }

  @Override
  void begin() {
    session.add(this);
  }

  @Override
  @Nullable LockKey sessionKey() {
    return session.key();
  }

  /** An update of the data does not extend the lease. */
  @Override
  void confirmed(Moment sentAt) {}

  @Override
  void afterConfirmation() {
    if (hasUpdate()) {
      beatNow();
    }
  }

  /** Nothing to decide for this lock alone. */
  @Override
  void checkClocks() {}

  @Override
  void suspect(Moment now) {}

  @Override
  void mayStillBeNamed() {
    // A lease later the session itself is ended, which frees all its locks.
    end().cleanUpWhenStopped(job());
  }

  /** Ending the session frees the item; only who wants it deleted needs a write for it. */
  @Override
  void releaseAtClose() {
    if (spec().deleteOnRelease()) {
      super.releaseAtClose();
    } else {
      finish();
    }
  }

  @Override
  void stopped() {
    session.remove(this);
  }
}
