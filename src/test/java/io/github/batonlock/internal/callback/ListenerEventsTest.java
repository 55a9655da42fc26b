package io.github.batonlock.internal.callback;

import static org.assertj.core.api.Assertions.assertThat;

import io.github.batonlock.LockKey;
import io.github.batonlock.LockListener;
import io.github.batonlock.internal.protocol.Limit;
import io.github.batonlock.support.Platforms;
import java.time.Duration;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.List;
import java.util.Queue;
import java.util.concurrent.Executor;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;

/** The queue of events: order, bound, and listeners that throw. */
class ListenerEventsTest {
  private static final int MOST = 3;

  private final Queue<Runnable> offered = new ArrayDeque<>();
  private final Executor callbacks = offered::add;
  private final List<String> told = new ArrayList<>();
  private int passed;
  private boolean throwing;

  private final LockListener listener =
      new LockListener() {
        @Override
        public void acquisitionEnded(AcquisitionEnded event) {
          told.add(event.key().partitionKey());
          if (throwing) {
            throw new AssertionError("a listener asserts");
          }
        }

        @Override
        public void eventsDropped(long number) {
          told.add("dropped " + number);
        }
      };

  private ListenerEvents queue(@Nullable LockListener of) {
    return new ListenerEvents(
        new CallbackDispatcher(callbacks, of, Platforms.warnings()),
        of,
        new Limit(MOST, () -> passed++));
  }

  private static void add(ListenerEvents queue, int from, int to) {
    for (int i = from; i <= to; i++) {
      LockListener.AcquisitionEnded event =
          new LockListener.AcquisitionEnded(
              LockKey.of("" + i),
              LockListener.AcquisitionEnded.Outcome.ACQUIRED,
              LockListener.AcquisitionEnded.How.FREE,
              Duration.ZERO);
      queue.add(each -> each.acquisitionEnded(event));
    }
  }

  private void runOne() {
    offered.remove().run();
  }

  private void runAll() {
    while (!offered.isEmpty()) {
      runOne();
    }
  }

  @Test
  void events_areToldOneAtATime_inOrder() {
    ListenerEvents queue = queue(listener);
    add(queue, 1, 3);
    assertThat(told).isEmpty();
    assertThat(offered).hasSize(1);
    runOne();
    assertThat(told).containsExactly("1");
    assertThat(offered).hasSize(1);
    runAll();
    assertThat(told).containsExactly("1", "2", "3");
    assertThat(passed).isZero();
  }

  @Test
  void eventsBeyondTheBound_areDropped_andCountedInTheirPlace() {
    ListenerEvents queue = queue(listener);
    add(queue, 1, 5);
    runOne();
    add(queue, 6, 8);
    runAll();
    add(queue, 9, 9);
    runAll();
    assertThat(told).containsExactly("1", "2", "3", "dropped 2", "6", "dropped 2", "9");
    assertThat(passed).isEqualTo(4);
  }

  @Test
  void listenerThatThrows_isToldTheNextEvent() {
    throwing = true;
    ListenerEvents queue = queue(listener);
    add(queue, 1, 3);
    runAll();
    assertThat(told).containsExactly("1", "2", "3");
  }

  @Test
  void events_areWanted_onlyWhereTheListenerOverridesTheMethod() {
    ListenerEvents queue = queue(listener);
    assertThat(queue.wantsAcquisitions()).isTrue();
    assertThat(queue.wantsRenewals()).isFalse();
    assertThat(queue.wantsRequests()).isFalse();
    assertThat(queue(new LockListener() {}).wantsAcquisitions()).isFalse();
    assertThat(queue(null).wantsAcquisitions()).isFalse();
  }

  @Test
  void waits_areWanted_whereTheListenerOverridesOneOfTheTwo() {
    List<String> asked = new ArrayList<>();
    LockListener ofEnds =
        new LockListener() {
          @Override
          public void waitEnded(LockKey key) {
            told.add("ended " + key);
          }
        };
    queue(listener).ofWait((began, ended) -> asked.add("listener without waits"));
    queue(ofEnds)
        .ofWait(
            (began, ended) -> {
              began.accept(LockKey.of("k"));
              ended.accept(LockKey.of("k"));
            });
    runAll();
    assertThat(asked).isEmpty();
    assertThat(told).containsExactly("ended k");
  }
}
