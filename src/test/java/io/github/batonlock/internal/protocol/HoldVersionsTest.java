package io.github.batonlock.internal.protocol;

import static org.assertj.core.api.Assertions.assertThat;

import io.github.batonlock.Revocation.Reason;
import io.github.batonlock.internal.runtime.ClockReading;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.OptionalLong;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** A hold of "me", granted by v0 at time 0; version vN is sent at time N. */
class HoldVersionsTest {
  private static final int NAMED = 3;
  private static final int KNOWN = 100;
  private static final long TOKEN = 7;

  private final HoldVersions versions =
      new HoldVersions("me", "v0", at(0), TOKEN, Limit.of(NAMED), Limit.of(KNOWN));

  @Test
  void grant_isConfirmedAndTheOnlyCandidate() {
    assertThat(versions.candidates()).containsExactly("v0");
    assertThat(versions.confirmedAt()).isEqualTo(at(0));
    assertThat(versions.isAmbiguous()).isFalse();
    assertThat(versions.canSend()).isTrue();
  }

  @Test
  void appliedHeartbeat_countsFromItsOwnSendAndIsTheOnlyCandidate() {
    send(1);

    assertThat(versions.applied("v1")).isEqualTo(new RenewalOutcome.Renewed(1));
    assertThat(versions.confirmedAt()).isEqualTo(at(1));
    assertThat(versions.candidates()).containsExactly("v1");
    assertThat(versions.isAmbiguous()).isFalse();
  }

  @Test
  void sentHeartbeat_withoutAnAnswer_isACandidateAndConfirmsNothing() {
    send(1);
    send(2);

    assertThat(versions.isAmbiguous()).isTrue();
    assertThat(versions.candidates()).containsExactly("v0", "v1", "v2");
    assertThat(versions.confirmedAt()).isEqualTo(at(0));
  }

  @Test
  void heartbeat_certainlyNotApplied_isNoCandidate() {
    send(1);
    send(2);
    versions.notApplied("v1");

    assertThat(versions.candidates()).containsExactly("v0", "v2");
    assertThat(versions.found(held("me", "v1"), at(9)))
        .isEqualTo(new RenewalOutcome.Lost(Reason.ITEM_CHANGED));
    assertThat(versions.applied("v1")).isEqualTo(RenewalOutcome.UNCONFIRMED);
  }

  /** The SDK's second attempt meets what its first one wrote. */
  @Test
  void ownSend_foundByItsRejection_isConfirmed() {
    send(1);
    send(2);

    assertThat(versions.found(held("me", "v2"), at(9))).isEqualTo(new RenewalOutcome.Renewed(2));
    assertThat(versions.confirmedAt()).isEqualTo(at(2));
    assertThat(versions.candidates()).containsExactly("v2");
  }

  @ParameterizedTest
  @CsvSource({"1, 'v1,v2,v3'", "2, 'v2,v3'", "3, 'v3'"})
  void foundCandidate_countsFromItsOwnSend_dropsOlderAndKeepsNewer(int number, String left) {
    send(1);
    send(2);
    send(3);

    assertThat(versions.found(held("me", "v" + number), at(9)))
        .isEqualTo(new RenewalOutcome.Renewed(number));
    assertThat(versions.confirmedAt()).isEqualTo(at(number));
    assertThat(versions.candidates()).containsExactly(left.split(","));
  }

  @Test
  void newerCandidate_afterAnOlderWasConfirmed_canStillBeConfirmed() {
    send(1);
    send(2);
    assertThat(versions.found(held("me", "v1"), at(9))).isEqualTo(new RenewalOutcome.Renewed(1));

    assertThat(versions.found(held("me", "v2"), at(9))).isEqualTo(new RenewalOutcome.Renewed(2));
    assertThat(versions.confirmedAt()).isEqualTo(at(2));
  }

  @Test
  void lateAnswer_toAHeartbeatOlderThanTheConfirmed_changesNothing() {
    send(1);
    send(2);
    assertThat(versions.applied("v2")).isEqualTo(new RenewalOutcome.Renewed(2));

    assertThat(versions.applied("v1")).isEqualTo(RenewalOutcome.UNCONFIRMED);
    assertThat(versions.applied("v0")).isEqualTo(RenewalOutcome.UNCONFIRMED);
    assertThat(versions.confirmedAt()).isEqualTo(at(2));
    assertThat(versions.candidates()).containsExactly("v2");
  }

  @Test
  void confirmedVersion_foundAgain_renewsNothingAndKeepsTheCandidates() {
    send(1);

    assertThat(versions.found(held("me", "v0"), at(9))).isEqualTo(RenewalOutcome.UNCONFIRMED);
    assertThat(versions.confirmedAt()).isEqualTo(at(0));
    assertThat(versions.candidates()).containsExactly("v0", "v1");
  }

  /** By whom the lock was taken, if by anybody, tells the token: it grows with each holder. */
  @ParameterizedTest
  @CsvSource({
    "other, v9, 8, TAKEN_OVER",
    "other, v0, 8, TAKEN_OVER",
    "other, v1, 8, TAKEN_OVER",
    "'',    v0, 8, TAKEN_OVER",
    // Another client under the same name.
    "me,    v9, 8, TAKEN_OVER",
    // Clients of other makes keep the token, or drop it.
    "other, v9, 7, TAKEN_OVER",
    "other, v9,  , TAKEN_OVER",
    "me,    v9,  , TAKEN_OVER",
    // What was there before, or was edited.
    "me,    v9, 7, ITEM_CHANGED",
    "me,    v9, 6, ITEM_CHANGED",
    "other, v9, 6, ITEM_CHANGED",
  })
  void heldItem_ofAnotherVersionOrOwner_isLost_whoeverItNames(
      String owner, String version, @Nullable Long token, Reason reason) {
    send(1);

    assertThat(versions.found(lock(owner, version, false, token), at(9)))
        .isEqualTo(new RenewalOutcome.Lost(reason));
  }

  @ParameterizedTest
  @CsvSource({
    "me,    v0, 7, RELEASED_EXTERNALLY",
    "me,    v1, 7, RELEASED_EXTERNALLY",
    "me,    v9, 7, RELEASED_EXTERNALLY",
    "me,    v9, 6, RELEASED_EXTERNALLY",
    "me,    v9,  , RELEASED_EXTERNALLY",
    "other, v9, 6, RELEASED_EXTERNALLY",
    "other, v9, 7, TAKEN_OVER",
    "other, v1, 8, TAKEN_OVER",
    "other, v9,  , TAKEN_OVER",
    "me,    v9, 8, TAKEN_OVER",
  })
  void releasedItem_isLost_whoeverItNames(
      String owner, String version, @Nullable Long token, Reason reason) {
    send(1);

    assertThat(versions.found(lock(owner, version, true, token), at(9)))
        .isEqualTo(new RenewalOutcome.Lost(reason));
  }

  @Test
  void unknownItem_tellsNothing() {
    send(1);

    assertThat(versions.found(ItemState.UNKNOWN, at(9))).isEqualTo(RenewalOutcome.UNCONFIRMED);
    assertThat(versions.candidates()).containsExactly("v0", "v1");
  }

  @Test
  void droppedVersion_reappearing_isNotAdopted() {
    send(1);
    send(2);
    versions.applied("v2");

    assertThat(versions.found(held("me", "v1"), at(9)))
        .isEqualTo(new RenewalOutcome.Lost(Reason.ITEM_CHANGED));
    assertThat(versions.confirmedAt()).isEqualTo(at(2));
  }

  @Test
  void absentItem_orOneThatIsNoLock_isDeleted() {
    assertThat(versions.found(ItemState.ABSENT, at(9)))
        .isEqualTo(new RenewalOutcome.Lost(Reason.ITEM_DELETED));
    assertThat(versions.found(new ItemState.NotALock("ownerName", "is missing"), at(9)))
        .isEqualTo(new RenewalOutcome.Lost(Reason.ITEM_DELETED));
  }

  @ParameterizedTest
  @CsvSource({
    "0, 'v0'",
    "2, 'v0,v1,v2'",
    "3, 'v0,v2,v3'",
    "9, 'v0,v8,v9'",
  })
  void condition_ofManyCandidates_namesTheConfirmedAndTheNewest(int sends, String named) {
    for (int i = 1; i <= sends; i++) {
      send(i);
    }

    assertThat(versions.condition()).containsExactly(named.split(","));
    assertThat(versions.candidates()).hasSize(sends + 1);
  }

  @Test
  void condition_ofOneVersion_namesTheConfirmed() {
    HoldVersions narrow = new HoldVersions("me", "v0", at(0), TOKEN, Limit.of(1), Limit.of(KNOWN));
    narrow.sending("v1", at(1), 1);
    narrow.sending("v2", at(2), 2);
    assertThat(narrow.condition()).containsExactly("v0");

    narrow.found(held("me", "v1"), at(9));
    assertThat(narrow.condition()).containsExactly("v1");
  }

  /** It is refused by what stands there, and that is known. */
  @Test
  void candidate_thatNoConditionNames_isConfirmedWhereItIsFound() {
    for (int i = 1; i <= 50; i++) {
      send(i);
    }

    assertThat(versions.found(held("me", "v20"), at(60))).isEqualTo(new RenewalOutcome.Renewed(20));
    assertThat(versions.confirmedAt()).isEqualTo(at(20));
    assertThat(versions.condition()).containsExactly("v20", "v49", "v50");
  }

  @Test
  void candidates_beyondTheBound_waitForAnAnswerBeforeEachSend() {
    for (int i = 1; i < KNOWN; i++) {
      assertThat(versions.canSend()).isTrue();
      send(i);
    }
    assertThat(versions.canSend()).isFalse();

    versions.found(held("me", "v0"), at(200));
    assertThat(versions.canSend()).isTrue();
    send(KNOWN);
    assertThat(versions.canSend()).isFalse();

    versions.notApplied("v" + KNOWN);
    assertThat(versions.canSend()).isFalse();
    versions.notApplied("v40");
    assertThat(versions.canSend()).isTrue();
  }

  @Test
  void candidate_thatDoesNotStandThereTenMinutesLater_isOneNoMore() {
    send(1);
    send(2);
    send(3);
    versions.found(held("me", "v1"), at(601));
    assertThat(versions.candidates()).containsExactly("v1", "v2", "v3");

    assertThat(versions.found(held("me", "v1"), at(603))).isEqualTo(RenewalOutcome.UNCONFIRMED);
    assertThat(versions.candidates()).containsExactly("v1", "v3");
    assertThat(versions.found(held("me", "v2"), at(604)))
        .isEqualTo(new RenewalOutcome.Lost(Reason.ITEM_CHANGED));
  }

  @Test
  void bounds_ofConditionsAndCandidates_areToldWhenTheyArePassed() {
    List<String> told = new ArrayList<>();
    Limit named = new Limit(2, () -> told.add("named"));
    Limit known = new Limit(3, () -> told.add("known"));
    HoldVersions small = new HoldVersions("me", "v0", at(0), TOKEN, named, known);
    small.sending("v1", at(1), 1);
    assertThat(small.condition()).hasSize(2);
    assertThat(small.canSend()).isTrue();
    assertThat(told).isEmpty();

    small.sending("v2", at(2), 2);
    assertThat(small.condition()).hasSize(2);
    assertThat(small.canSend()).isFalse();
    assertThat(told).containsExactly("named", "known");
  }

  @Test
  void dataRevision_ofARenewal_isTheOneSentWithTheConfirmedVersion() {
    versions.sending("a", at(1), 7);
    versions.sending("b", at(2), 0);
    versions.sending("c", at(3), 8);

    assertThat(versions.found(held("me", "a"), at(9))).isEqualTo(new RenewalOutcome.Renewed(7));
    assertThat(versions.found(held("me", "b"), at(9))).isEqualTo(new RenewalOutcome.Renewed(0));
    assertThat(versions.applied("c")).isEqualTo(new RenewalOutcome.Renewed(8));
  }

  @Test
  void candidates_areASnapshot() {
    var before = versions.candidates();
    send(1);

    assertThat(before).containsExactly("v0");
  }

  private void send(int number) {
    versions.sending("v" + number, at(number), number);
  }

  private static ClockReading at(int second) {
    return new ClockReading(second * 1_000_000_000L, second * 1_000L);
  }

  private static ItemState held(String owner, String version) {
    return lock(owner, version, false, TOKEN);
  }

  private static ItemState lock(
      String owner, String version, boolean released, @Nullable Long token) {
    OptionalLong stored = token == null ? OptionalLong.empty() : OptionalLong.of(token);
    return new ItemState.Lock(
        new LockItem(owner, Duration.ofSeconds(20), version, released, stored, null));
  }
}
