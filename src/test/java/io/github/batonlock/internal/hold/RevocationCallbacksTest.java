package io.github.batonlock.internal.hold;

import static org.assertj.core.api.Assertions.assertThat;

import io.github.batonlock.Revocation;
import io.github.batonlock.internal.callback.CallbackDispatcher;
import io.github.batonlock.support.Platforms;
import io.github.batonlock.support.World;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;

/** Who is told of a revocation, and when. */
class RevocationCallbacksTest {
  @RegisterExtension private final World world = new World();
  private final DefaultHeldLock lock = (DefaultHeldLock) world.node("a").acquired();
  private final Revocation loss = lock.loss(Revocation.Reason.TAKEN_OVER);
  private final List<String> told = new ArrayList<>();
  private final RevocationCallbacks callbacks =
      new RevocationCallbacks(
          new CallbackDispatcher(Runnable::run, null, Platforms.warnings()), lock);

  @Test
  void callback_waitsUntilTheAcquisitionHasReturnedTheLock() {
    callbacks.add(r -> told.add("user"));
    callbacks.addInternal(() -> told.add("work"));
    callbacks.revoked(loss);
    assertThat(told).containsExactly("work");

    callbacks.enable();
    callbacks.enable();

    assertThat(told).containsExactly("work", "user");
  }

  @Test
  void callbacks_afterTheRevocation_runAtOnce() {
    callbacks.enable();
    callbacks.revoked(loss);
    callbacks.add(r -> told.add(r.reason().name()));
    callbacks.addInternal(() -> told.add("work"));
    assertThat(told).containsExactly("TAKEN_OVER", "work");
    assertThat(callbacks.done()).isCompleted();
  }
}
