package io.github.batonlock.internal.callback;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.github.batonlock.LockKey;
import io.github.batonlock.LockListener;
import io.github.batonlock.internal.protocol.Limit;
import io.github.batonlock.support.Platforms;
import java.lang.reflect.Method;
import java.lang.reflect.Proxy;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import org.junit.jupiter.api.Test;

/** Two listeners as one: who is told, and which events a client makes. */
class ListenerPairTest {
  private final List<String> told = new ArrayList<>();

  private final LockListener alarms =
      new LockListener() {
        @Override
        public void clockSuspect(Duration unseen, String description) {
          told.add("alarms " + description);
        }
      };

  private final LockListener bills =
      new LockListener() {
        @Override
        public void requestEnded(RequestEnded event) {
          told.add("bills");
        }

        @Override
        public void clockSuspect(Duration unseen, String description) {
          told.add("bills " + description);
        }
      };

  private static ListenerEvents events(LockListener listener) {
    return new ListenerEvents(
        new CallbackDispatcher(Runnable::run, listener, Platforms.warnings()),
        listener,
        new Limit(1, () -> {}));
  }

  @Test
  void both_areTold_inOrder() {
    alarms.andThen(bills).clockSuspect(Duration.ZERO, "drift");
    assertThat(told).containsExactly("alarms drift", "bills drift");
  }

  @Test
  void second_isTold_whatEverTheFirstThrows() {
    LockListener angry =
        new LockListener() {
          @Override
          public void clockSuspect(Duration unseen, String description) {
            throw new IllegalStateException(description);
          }
        };
    LockListener three = angry.andThen(alarms).andThen(angry);
    assertThatThrownBy(() -> three.clockSuspect(Duration.ZERO, "drift"))
        .isInstanceOf(IllegalStateException.class)
        .satisfies(thrown -> assertThat(thrown.getSuppressed()).hasSize(1));
    assertThat(told).containsExactly("alarms drift");
  }

  @Test
  void events_areMade_onlyIfOneOfTheTwoWantsThem() {
    ListenerEvents none = events(alarms.andThen(new LockListener() {}));
    assertThat(none.wantsRequests()).isFalse();
    assertThat(none.wantsAcquisitions()).isFalse();
    ListenerEvents some = events(new LockListener() {}.andThen(alarms.andThen(bills)));
    assertThat(some.wantsRequests()).isTrue();
    assertThat(some.wantsRenewals()).isFalse();
    List<LockKey> waits = new ArrayList<>();
    some.ofWait((began, ended) -> waits.add(LockKey.of("k")));
    assertThat(waits).isEmpty();
  }

  /** A method that is added to the listener has to be passed on. */
  @Test
  void everyMethod_isToldToBoth() throws ReflectiveOperationException {
    LockListener counting =
        (LockListener)
            Proxy.newProxyInstance(
                LockListener.class.getClassLoader(),
                new Class<?>[] {LockListener.class},
                (proxy, method, arguments) -> told.add(method.getName()));
    LockListener pair = new ListenerPair(counting, counting);
    List<String> expected = new ArrayList<>();
    for (Method method : LockListener.class.getMethods()) {
      if (!method.getName().equals("andThen")) {
        Object[] arguments =
            Arrays.stream(method.getParameterTypes())
                .map(type -> type == long.class ? (Object) 1L : null)
                .toArray();
        method.invoke(pair, arguments);
        expected.addAll(List.of(method.getName(), method.getName()));
      }
    }
    assertThat(told).isEqualTo(expected).hasSizeGreaterThan(25);
  }
}
