package io.github.batonlock.internal.hold;

import io.github.batonlock.internal.runtime.ConfinedTo;
import org.jspecify.annotations.Nullable;
import software.amazon.awssdk.core.SdkBytes;

/** Makes the holds of one client. An acquisition that was granted asks it for the held lock. */
@ConfinedTo(ConfinedTo.LOOP)
public final class HoldFactory {
  private final HoldContext core;

  public HoldFactory(HoldContext core) {
    this.core = core;
  }

  /**
   * A hold that was just granted. It is not renewed before {@link DefaultHeldLock#keep}.
   *
   * @param data what the lock item stores; null for none
   */
  public DefaultHeldLock create(
      HoldSpec spec, long fencingToken, @Nullable SdkBytes data, Grant grant) {
    return new DefaultHeldLock(core, spec, fencingToken, data, grant);
  }
}
