package io.github.batonlock.internal.hold;

import io.github.batonlock.LockStoreException;
import io.github.batonlock.internal.store.LockWrite;
import io.github.batonlock.internal.store.WriteAnswer;

/**
 * The write that ends one hold and begins the next, both of this client (protocol section 3), as
 * the waiter that sends it sees it. On the loop.
 *
 * <p>For the next holder it is a granting write like any other. For the former holder it is a
 * release. If it fails, an ordinary release follows; the condition of that release fails if the
 * handoff was applied after all.
 */
public interface Handoff {
  /** The write, for the grant of the next holder. */
  LockWrite write(LockWrite.Grant grant);

  /**
   * The write was answered.
   *
   * @param version the version that the grant carried
   */
  void answered(String version, WriteAnswer answer);

  /** No waiter wants the lock any more. */
  void declined();

  /** The write has no answer, or was not sent. */
  void failed(LockStoreException failure);
}
