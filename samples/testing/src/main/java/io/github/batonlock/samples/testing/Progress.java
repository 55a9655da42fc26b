package io.github.batonlock.samples.testing;

import io.github.batonlock.HeldLock;

/** A small part with callbacks: shows on a status page what becomes of the lock. */
final class Progress {
  private volatile String status = "working";

  Progress(HeldLock lock) {
    lock.onJeopardy(
        held -> status = "the table does not answer, " + held.remaining().toSeconds() + " s left");
    lock.onSafe(held -> status = "working");
    lock.onRevoked(revocation -> status = "stopped: " + revocation.reason());
  }

  String status() {
    return status;
  }
}
