package io.github.batonlock.support;

import io.github.batonlock.HeldLock;
import io.github.batonlock.LockException;
import io.github.batonlock.LockListener;
import io.github.batonlock.Revocation;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;

/** Keeps all that a client tells its listener, a line each. */
public final class RecordingListener implements LockListener {
  public final List<String> told = new ArrayList<>();

  @Override
  public void acquired(HeldLock lock) {
    told.add("acquired " + lock.key());
  }

  @Override
  public void released(HeldLock lock) {
    told.add("released " + lock.key());
  }

  @Override
  public void releaseUnconfirmed(HeldLock lock, LockException failure) {
    told.add("unconfirmed " + failure.getClass().getSimpleName());
  }

  @Override
  public void jeopardy(HeldLock lock) {
    told.add("jeopardy");
  }

  @Override
  public void safe(HeldLock lock) {
    told.add("safe");
  }

  @Override
  public void revoked(HeldLock lock, Revocation revocation) {
    told.add("revoked " + revocation.reason());
  }

  @Override
  public void clockSuspect(Duration unseen, String description) {
    told.add("clock " + unseen.toSeconds());
  }
}
