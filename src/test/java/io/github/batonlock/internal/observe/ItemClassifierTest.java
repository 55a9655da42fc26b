package io.github.batonlock.internal.observe;

import static org.assertj.core.api.Assertions.assertThat;

import io.github.batonlock.LockKey;
import io.github.batonlock.internal.config.ClientConfig;
import io.github.batonlock.internal.protocol.ItemState;
import io.github.batonlock.internal.protocol.Limit;
import io.github.batonlock.internal.protocol.LockItem;
import io.github.batonlock.internal.protocol.Observations;
import io.github.batonlock.internal.protocol.Reservations;
import io.github.batonlock.internal.protocol.RetiredVersions;
import io.github.batonlock.internal.protocol.SessionKey;
import io.github.batonlock.internal.protocol.TableClock;
import io.github.batonlock.internal.runtime.ClockReading;
import io.github.batonlock.internal.virtual.Machine;
import io.github.batonlock.internal.virtual.VirtualTime;
import java.time.Duration;
import java.util.List;
import java.util.OptionalLong;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;

/** What answers show, one case after another. The versions are foreign: L(1 + g) is 25 s. */
class ItemClassifierTest {
  private static final LockKey K = LockKey.of("k");
  private static final LockKey SESSION = LockKey.of(SessionKey.PREFIX + "s");
  private static final String OWN = "me";
  private static final Duration LEASE = Duration.ofSeconds(20);
  private static final Duration SILENCE = Duration.ofSeconds(25);

  private final VirtualTime time = new VirtualTime();
  private final Machine machine = time.machine().asLoop();
  private final Limit limit = Limit.of(16);
  private final Observations observations =
      new Observations(limit, Limit.of(Integer.MAX_VALUE), limit);
  private final RetiredVersions retired = new RetiredVersions(limit);
  private final TableClock tableClock = new TableClock(Duration.ofSeconds(5));
  private final ItemClassifier classifier =
      new ItemClassifier(
          machine.loop(),
          observations,
          new TakeoverPolicy(
              config(),
              new NoHolds(),
              retired,
              new Reservations(limit),
              new Claims(),
              new FirstSight(config(), tableClock)));

  private static ClientConfig config() {
    ClientConfig.Draft draft = new ClientConfig.Draft("locks");
    draft.ownerName = OWN;
    return draft.build();
  }

  /** A client without locks and sessions. */
  private record NoHolds() implements LocalHolds {
    @Override
    public boolean isHeldHere(LockKey key) {
      return false;
    }

    @Override
    public boolean isHeldAs(LockKey key, String version) {
      return false;
    }

    @Override
    public boolean isNamedByAHold(LockKey key, String version) {
      return false;
    }

    @Override
    public boolean isOpenSession(LockKey session) {
      return false;
    }
  }

  private static ItemState.Lock lock(
      String owner, String version, boolean released, @Nullable LockKey session) {
    return new ItemState.Lock(
        new LockItem(owner, LEASE, version, released, OptionalLong.of(1), null, session));
  }

  private static ItemState.Lock held(String version) {
    return lock("a", version, false, null);
  }

  private Finding read(ItemState state) {
    return classifier.classify(K, state, false);
  }

  private Finding current(ItemState state) {
    return classifier.classify(K, state, true);
  }

  private void pass(Duration duration) {
    time.advance(duration);
  }

  @Test
  void lock_withoutAnItem_isAbsentFromNowOn_andItsObservationEnds() {
    read(held("v1"));

    assertThat(read(ItemState.ABSENT)).isEqualTo(new Finding.Absent(machine.nanoTime()));
    assertThat(observations.of(K)).isNull();
  }

  @Test
  void session_withoutAnItem_isAbsentSinceACurrentAnswerShowedIt() {
    Finding first = classifier.classify(SESSION, ItemState.ABSENT, true);
    long since = machine.nanoTime();
    pass(LEASE);
    Finding old = classifier.classify(SESSION, ItemState.ABSENT, false);

    assertThat(first).isEqualTo(new Finding.Absent(since));
    assertThat(old).isEqualTo(new Finding.Absent(machine.nanoTime()));
    assertThat(classifier.classify(SESSION, ItemState.ABSENT, true))
        .isEqualTo(new Finding.Absent(since));
  }

  @Test
  void item_thatIsNotALock_saysWhatIsWrong_andItsObservationEnds() {
    read(held("v1"));

    Finding finding = read(new ItemState.NotALock("ownerName", "is missing"));

    assertThat(finding).isInstanceOf(Finding.NotALock.class);
    assertThat(((Finding.NotALock) finding).problem())
        .hasMessageContaining("'k' is not a lock: attribute 'ownerName' is missing");
    assertThat(observations.of(K)).isNull();
  }

  @Test
  void releasedItem_afterItsHolderWasSeen_endsTheObservation() {
    read(held("v1"));

    assertThat(read(lock("a", "v2", true, null))).isInstanceOf(Finding.Released.class);
    assertThat(observations.of(K)).isNull();
  }

  @Test
  void holder_isLiveUntilItsVersionWasSeenForLongEnough_andSilentThen() {
    assertThat(untilTakeover(read(held("v1")))).isEqualTo(SILENCE);
    pass(SILENCE.minusNanos(1));
    assertThat(untilTakeover(read(held("v1")))).isEqualTo(Duration.ofNanos(1));
    pass(Duration.ofNanos(1));
    assertThat(read(held("v1"))).isInstanceOf(Finding.Silent.class);

    assertThat(untilTakeover(read(held("v2")))).isEqualTo(SILENCE);
  }

  private static Duration untilTakeover(Finding finding) {
    assertThat(finding).isInstanceOf(Finding.Live.class);
    return Duration.ofNanos(((Finding.Live) finding).untilTakeover());
  }

  @Test
  void silence_isJudgedAtTheTimeThatTheCallerSays() {
    read(held("v1"));
    ClockReading sent = machine.now();
    pass(SILENCE);

    assertThat(classifier.classify(K, held("v1"), false, sent)).isInstanceOf(Finding.Live.class);
    assertThat(read(held("v1"))).isInstanceOf(Finding.Silent.class);
  }

  @Test
  void replacedVersion_inAnAnswerThatMayBeOld_leavesTheObservationOfTheLaterOne() {
    read(held("v1"));
    read(held("v2"));
    pass(SILENCE.dividedBy(2));

    assertThat(untilTakeover(read(held("v1")))).isEqualTo(SILENCE.dividedBy(2));
    pass(SILENCE.dividedBy(2));
    assertThat(read(held("v1"))).isInstanceOf(Finding.Stale.class);
    assertThat(read(held("v2"))).isInstanceOf(Finding.Silent.class);
  }

  @Test
  void replacedVersion_inACurrentAnswer_wasPutBack_andIsObservedAnew() {
    read(held("v1"));
    read(held("v2"));
    pass(SILENCE);

    assertThat(untilTakeover(current(held("v1")))).isEqualTo(SILENCE);
    pass(SILENCE);
    assertThat(read(held("v1"))).isInstanceOf(Finding.Silent.class);
  }

  @Test
  void retiredVersion_ofThisClient_isAGhostAtOnce_andNotThatOfAnother() {
    retired.add(List.of("v1"));

    assertThat(read(lock(OWN, "v1", false, null))).isInstanceOf(Finding.OwnGhost.class);
    assertThat(read(held("v1"))).isInstanceOf(Finding.Live.class);
  }

  @Test
  void lockThatNamesASession_isShared_andNotObserved_unlessItIsAGhost() {
    retired.add(List.of("v2"));

    assertThat(read(lock("a", "v1", false, SESSION)))
        .extracting(finding -> ((Finding.Shared) finding).session())
        .isEqualTo(SESSION);
    assertThat(observations.of(K)).isNull();
    assertThat(read(lock(OWN, "v2", false, SESSION))).isInstanceOf(Finding.OwnGhost.class);
  }

  @Test
  void sessionItem_thatNamesASession_isJudgedByItsOwnVersions() {
    assertThat(classifier.classify(SESSION, lock("a", "v1", false, SESSION), false))
        .isInstanceOf(Finding.Live.class);
  }
}
