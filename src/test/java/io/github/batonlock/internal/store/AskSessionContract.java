package io.github.batonlock.internal.store;

import static io.github.batonlock.internal.store.StoreFixture.grant;
import static io.github.batonlock.internal.store.StoreFixture.lock;
import static io.github.batonlock.internal.store.StoreFixture.n;
import static io.github.batonlock.internal.store.StoreFixture.s;
import static org.assertj.core.api.Assertions.assertThat;

import io.github.batonlock.LockKey;
import io.github.batonlock.internal.protocol.AskedRelease;
import io.github.batonlock.internal.protocol.SentBefore;
import java.time.Duration;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.OptionalLong;
import org.junit.jupiter.api.Test;
import software.amazon.awssdk.services.dynamodb.model.AttributeValue;

/** What every store does with requests to release that wait in a session item. */
interface AskSessionContract extends StoreFixture {
  /** How many may wait in one item. */
  int MOST = 20;

  private static AskedRelease asked(String id, long token, LockKey lock) {
    return new AskedRelease(id, "you", "why", Duration.ofMillis(1_500), token).inSession(lock);
  }

  private WriteAnswer beatOfSession(LockKey session, String from, String to, int heard) {
    return write(
        new LockWrite.Heartbeat(
            session,
            "me",
            List.of(from),
            to,
            null,
            null,
            heard,
            SentBefore.stamp(to, OptionalLong.empty())));
  }

  @Test
  default void requestsInASession_areBroughtUntilTheyAreHeard_inOrder() {
    LockKey session = newSession();
    AskedRelease one = asked("r1", 7, LockKey.of("lock-1"));
    AskedRelease two = asked("r2", 8, LockKey.of("lock-2", "part"));
    write(new LockWrite.Open(session, grant("me", "v1")));
    WriteAnswer nothing = beatOfSession(session, "v1", "v2", 0);
    assertThat(nothing.asked()).isEmpty();
    assertThat(nothing.waiting()).isZero();

    assertThat(write(new LockWrite.Ask(session, "me", one, MOST)).applied()).isTrue();
    assertThat(write(new LockWrite.Ask(session, "me", two, MOST)).applied()).isTrue();
    assertThat(lock(read(session)).version()).isEqualTo("v2");
    WriteAnswer both = beatOfSession(session, "v2", "v3", 0);
    assertThat(both.asked()).containsExactly(one, two);
    assertThat(both.waiting()).isEqualTo(2);
    assertThat(both.item()).isEqualTo(StoredItem.UNKNOWN);

    AskedRelease three = asked("r3", 9, LockKey.of("lock-3"));
    write(new LockWrite.Ask(session, "me", three, MOST));
    assertThat(beatOfSession(session, "v3", "v4", 2).asked()).containsExactly(three);
    assertThat(beatOfSession(session, "v4", "v5", 5).asked()).isEmpty();
    assertThat(row(session).get(AskContract.ATTRIBUTE)).isEqualTo(AttributeValue.fromL(List.of()));
  }

  @Test
  default void session_thatIsFullOrOverOrAnothers_isNotAsked() {
    LockKey session = newSession();
    write(new LockWrite.Open(session, grant("me", "v1")));
    AskedRelease asked = asked("r", 7, LockKey.of("lock-1"));
    assertThat(write(new LockWrite.Ask(session, "you", asked, MOST)).applied()).isFalse();
    for (int i = 0; i < MOST; i++) {
      assertThat(write(new LockWrite.Ask(session, "me", asked, MOST)).applied()).isTrue();
    }
    WriteAnswer full = write(new LockWrite.Ask(session, "me", asked, MOST));
    assertThat(full.applied()).isFalse();
    assertThat(lock(full.item()).released()).isFalse();

    write(new LockWrite.Release(session, "me", List.of("v1"), "v2", null));
    WriteAnswer over = write(new LockWrite.Ask(session, "me", asked, MOST));
    assertThat(over.applied()).isFalse();
    assertThat(lock(over.item()).released()).isTrue();
    assertThat(write(new LockWrite.Ask(newSession(), "me", asked, MOST)).applied()).isFalse();
  }

  /** Somebody has edited the item. */
  @Test
  default void session_withoutAListOfRequests_isNotAsked_andBeatsAllTheSame() {
    AskedRelease asked = asked("r", 7, LockKey.of("lock-1"));
    for (AttributeValue strange : List.of(AttributeValue.fromNul(true), s("x"), n("1"))) {
      LockKey session = newSession();
      write(new LockWrite.Open(session, grant("me", "v1")));
      Map<String, AttributeValue> row = new HashMap<>(row(session));
      row.put(AskContract.ATTRIBUTE, strange);
      putRow(session, row);

      assertThat(write(new LockWrite.Ask(session, "me", asked, MOST)).applied()).isFalse();
      WriteAnswer beat = beatOfSession(session, "v1", "v2", 0);
      assertThat(beat.applied()).isTrue();
      assertThat(beat.waiting()).isZero();
    }
  }
}
