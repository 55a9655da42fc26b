package io.github.batonlock.internal.client;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;

import io.github.batonlock.LockClient;
import io.github.batonlock.LockRequest;
import io.github.batonlock.support.World;
import java.time.Duration;
import java.util.function.UnaryOperator;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/** Options that a call would ignore: it refuses them, and says what to do instead. */
class RefusedOptionsTest {
  private static final Duration MINUTE = Duration.ofMinutes(1);

  @RegisterExtension private final World world = new World();
  private final World.Node a = world.node("a");

  /** The verbs that try once. */
  enum Try {
    TRY_ACQUIRE {
      @Override
      void call(LockClient client, LockRequest request) throws InterruptedException {
        var unused = client.tryAcquire(request);
      }
    },
    TRY_ACQUIRE_ASYNC {
      @Override
      void call(LockClient client, LockRequest request) {
        var unused = client.tryAcquireAsync(request);
      }
    },
    TRY_RUN_LOCKED {
      @Override
      void call(LockClient client, LockRequest request) throws InterruptedException {
        boolean unused = client.tryRunLocked(request, lock -> {});
      }
    },
    TRY_CALL_LOCKED {
      @Override
      void call(LockClient client, LockRequest request) throws InterruptedException {
        var unused = client.tryCallLocked(request, lock -> true);
      }
    };

    abstract void call(LockClient client, LockRequest request) throws InterruptedException;
  }

  private void assertRefused(Try verb, String option, UnaryOperator<LockRequest.Builder> set) {
    LockRequest request = set.apply(LockRequest.builder("k")).build();
    assertThatIllegalArgumentException()
        .isThrownBy(() -> verb.call(a.client, request))
        .withMessageStartingWith("The request for lock 'k' has " + option + ",")
        .withMessageEndingWith("use acquire or runLocked, or LockRequest.withoutWaiting()");
  }

  @ParameterizedTest
  @EnumSource
  void optionOfACallerThatWaits_isRefusedByEachTry(Try verb) {
    assertRefused(verb, "waitUpTo", request -> request.waitUpTo(Duration.ZERO));
    assertRefused(verb, "waitUpTo", request -> request.waitUpTo(MINUTE));
    assertRefused(verb, "waitForever", LockRequest.Builder::waitForever);
    assertRefused(verb, "requestRelease", request -> request.requestRelease("deploy", MINUTE));
    assertThat(a.store.trace()).isEmpty();
  }

  @ParameterizedTest
  @EnumSource
  void requestWithoutWaiting_isTakenByEachTry(Try verb) throws Exception {
    LockRequest request =
        LockRequest.builder("k").waitForever().requestRelease("deploy", MINUTE).build();
    verb.call(a.client, request.withoutWaiting());
    world.seconds(1);

    assertThat(a.store.trace()).isNotEmpty();
  }

  @Test
  void requestWithoutWaiting_hasAllOtherValues() {
    LockRequest request = LockRequest.builder("k").maxHold(MINUTE).onlyIfExists(true).build();
    LockRequest waiting = request.toBuilder().waitUpTo(MINUTE).requestRelease("x", MINUTE).build();

    LockRequest same = waiting.withoutWaiting();
    assertThat(same.key()).isEqualTo(request.key());
    assertThat(same.maxHold()).contains(MINUTE);
    assertThat(same.isOnlyIfExists()).isTrue();
    assertThat(same.waitUpTo()).isEmpty();
    assertThat(same.releaseReason()).isEmpty();
    assertThat(same.releaseGracePeriod()).isEmpty();
    assertThat(request.toBuilder().waitForever().build().withoutWaiting().isWaitForever())
        .isFalse();
  }

  @Test
  void releaseRequest_ofOneTry_isRefusedByTheBuilder() {
    LockRequest.Builder builder =
        LockRequest.builder("k").requestRelease("deploy", MINUTE).waitUpTo(Duration.ZERO);

    assertThatIllegalArgumentException()
        .isThrownBy(builder::build)
        .withMessageContaining("'k'")
        .withMessageContaining("requestRelease")
        .withMessageContaining("waitUpTo(Duration.ZERO)")
        .withMessageContaining("wait longer");
    assertThat(builder.waitUpTo(MINUTE).build().releaseReason()).contains("deploy");
  }
}
