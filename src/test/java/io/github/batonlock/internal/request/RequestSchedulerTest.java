package io.github.batonlock.internal.request;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.github.batonlock.LockStoreException;
import io.github.batonlock.internal.config.Bound;
import io.github.batonlock.internal.config.Bounds;
import io.github.batonlock.internal.request.RequestScheduler.Priority;
import io.github.batonlock.internal.request.RequestScheduler.Turn;
import io.github.batonlock.internal.virtual.Machine;
import io.github.batonlock.internal.virtual.VirtualTime;
import java.time.Duration;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Deque;
import java.util.List;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;

/** Who sends next, on a virtual clock. */
class RequestSchedulerTest {
  private static final long SECOND = TimeUnit.SECONDS.toNanos(1);
  private static final int LIMIT = Bound.REQUESTS_IN_FLIGHT.defaultValue();
  private static final long FAR = 1_000 * SECOND;

  private final VirtualTime time = new VirtualTime();
  private final Machine machine = time.machine().asLoop();
  private final RequestScheduler scheduler = new RequestScheduler(machine.loop(), Bounds.DEFAULT);
  private final List<String> sent = new ArrayList<>();
  private final Deque<Turn> underWay = new ArrayDeque<>();

  private void send(String what, Turn turn) {
    turn.use();
    sent.add(what);
    underWay.add(turn);
  }

  private void renew(String what, long deadline) {
    scheduler.renewal(deadline, FAR, false, turn -> send(what, turn));
  }

  private void ask(Priority priority, String what) {
    scheduler.other(
        priority, FAR, turn -> send(what, turn), closing -> sent.add(what + " not sent"));
  }

  private void fill() {
    for (int i = 0; i < LIMIT; i++) {
      renew("filler", FAR);
    }
    sent.clear();
  }

  private void answerOne() {
    underWay.remove().ended(null);
  }

  private void answerAll() {
    while (!underWay.isEmpty()) {
      answerOne();
    }
  }

  @Test
  void request_whileTurnsAreFree_isSentAtOnce() {
    for (int i = 0; i < LIMIT; i++) {
      renew("r" + i, FAR);
    }
    assertThat(sent).hasSize(LIMIT);

    renew("one more", FAR);
    assertThat(sent).hasSize(LIMIT);

    answerOne();
    assertThat(sent).hasSize(LIMIT + 1).endsWith("one more");
  }

  @Test
  void renewals_thatWait_areSentByTheirDeadlines() {
    fill();
    renew("third", 30 * SECOND);
    renew("first", 10 * SECOND);
    renew("second", 20 * SECOND);
    renew("fourth", 30 * SECOND);

    answerAll();

    assertThat(sent).containsExactly("first", "second", "third", "fourth");
  }

  @Test
  void ranks_whenNoRenewalWaits_goInTheirOrder() {
    fill();
    ask(Priority.LOOK, "look 1");
    ask(Priority.CHANGE, "release");
    ask(Priority.LOOK, "look 2");
    ask(Priority.CHANGE, "grant");

    answerAll();

    assertThat(sent).containsExactly("release", "grant", "look 1", "look 2");
  }

  @Test
  void changes_besideRenewalsThatAreNotPressing_getOneTurnOfFour() {
    fill();
    for (int i = 0; i < 8; i++) {
      renew("r", FAR);
    }
    ask(Priority.CHANGE, "release");
    ask(Priority.CHANGE, "grant");

    answerAll();

    assertThat(sent).containsExactly("release", "r", "r", "r", "grant", "r", "r", "r", "r", "r");
  }

  @Test
  void changes_besideRenewalsThatArePressing_waitForAllOfThem() {
    fill();
    for (int i = 0; i < 8; i++) {
      scheduler.renewal(FAR, 2 * SECOND, false, turn -> send("r", turn));
    }
    ask(Priority.CHANGE, "release");
    time.advance(Duration.ofSeconds(2));

    answerAll();

    assertThat(sent).hasSize(9).endsWith("release");
  }

  @Test
  void changesAndLooks_thatHang_leaveTurnsToRenewals() {
    for (int i = 0; i < LIMIT; i++) {
      ask(Priority.LOOK, "look");
    }
    assertThat(sent).hasSize(30);
    for (int i = 0; i < LIMIT; i++) {
      ask(Priority.CHANGE, "grant");
    }
    assertThat(sent).hasSize(40);
    for (int i = 0; i < 10; i++) {
      renew("renewal", FAR);
    }

    assertThat(sent).hasSize(50).endsWith("renewal");
  }

  @Test
  void turn_ofWhoeverWantsNothingAnyMore_goesToTheNext() {
    fill();
    scheduler.renewal(1, FAR, false, turn -> sent.add("declined"));
    scheduler.renewal(2, FAR, false, turn -> sent.add("declined"));
    renew("third", 3);
    renew("fourth", 4);

    answerOne();

    assertThat(sent).containsExactly("declined", "declined", "third");
  }

  @Test
  void turn_ofWhoeverThrows_goesToTheNext() {
    fill();
    scheduler.renewal(
        1,
        FAR,
        false,
        turn -> {
          throw new IllegalStateException("a mistake");
        });
    renew("second", 2);

    assertThatThrownBy(this::answerOne).hasMessage("a mistake");
    time.settle();

    assertThat(sent).containsExactly("second");
  }

  @Test
  void turn_usedTwice_isRefused() {
    renew("once", FAR);

    assertThatThrownBy(() -> underWay.remove().use()).isInstanceOf(IllegalStateException.class);
  }

  @Test
  void whoeverAsksWhileAnotherIsServed_isServedToo() {
    fill();
    scheduler.renewal(1, FAR, false, turn -> renew("asked by the first", 5));

    answerOne();

    assertThat(sent).containsExactly("asked by the first");
  }

  @Test
  void look_whoseTurnDoesNotCome_isToldWhenItsPatienceIsOver() {
    fill();
    scheduler.other(
        Priority.LOOK,
        SECOND,
        turn -> send("look", turn),
        closing -> sent.add("closing " + closing));
    time.advance(Duration.ofMillis(999));
    assertThat(sent).isEmpty();

    time.advance(Duration.ofMillis(1));
    answerAll();

    assertThat(sent).containsExactly("closing false");
  }

  @Test
  void look_thatWasSent_isNotToldThatItWasNot() {
    fill();
    scheduler.other(
        Priority.LOOK, SECOND, turn -> send("look", turn), closing -> sent.add("too late"));
    answerOne();

    time.advance(Duration.ofSeconds(2));

    assertThat(sent).containsExactly("look");
  }

  @Test
  void close_tellsLooksOnly() {
    fill();
    ask(Priority.CHANGE, "release");
    ask(Priority.LOOK, "look");

    scheduler.close();
    answerAll();

    assertThat(sent).containsExactly("look not sent", "release");
  }

  @Test
  void throttledRenewals_takeTurnsWithTheOthers() {
    fill();
    for (int i = 0; i < 3; i++) {
      scheduler.renewal(SECOND, FAR, true, turn -> send("again", turn));
      scheduler.renewal(FAR, FAR, false, turn -> send("first try", turn));
    }

    answerAll();

    assertThat(sent)
        .containsExactly("again", "first try", "again", "first try", "again", "first try");
  }

  @Test
  void renewals_onATableThatThrottles_goAtItsPaceUntilTheyArePressing() {
    throttleEverySecondOf(200);
    sent.clear();
    for (int i = 0; i < 200; i++) {
      scheduler.renewal(FAR, machine.nanoTime() + SECOND, false, turn -> sendAndAnswer("r", turn));
    }
    assertThat(sent).isEmpty();

    // 100 of 200 have passed in half a second.
    time.advance(Duration.ofMillis(500));
    assertThat(sent).hasSizeBetween(75, 100);
    time.advance(Duration.ofMillis(400));
    assertThat(sent).hasSizeLessThan(200);

    time.advance(Duration.ofMillis(100));
    assertThat(sent).hasSize(200);
  }

  /** In half a second; one more answer ends it. */
  private void throttleEverySecondOf(int count) {
    for (int i = 0; i < count; i++) {
      boolean throttled = i % 2 == 0;
      scheduler.renewal(
          FAR,
          FAR,
          false,
          turn -> {
            turn.use();
            turn.ended(throttled ? throttled() : null);
          });
      time.advance(Duration.ofMillis(500).dividedBy(count));
    }
    scheduler.renewal(FAR, FAR, false, turn -> sendAndAnswer("last", turn));
  }

  private void sendAndAnswer(String what, Turn turn) {
    turn.use();
    sent.add(what);
    turn.ended(null);
  }

  private static LockStoreException throttled() {
    return new LockStoreException(LockStoreException.Kind.THROTTLED, false, "throttled", null);
  }
}
