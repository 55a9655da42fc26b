package io.github.batonlock.chaos;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** Histories made by hand, each with one thing wrong. Times are small numbers. */
class CheckerTest {
  private static final List<String> GOOD =
      List.of(
          "0 1 table SEEN a 0 absent",
          "10 10 w1.1 WAITING a 1 -",
          "12 13 w1.1 ACQUIRED a 7 1",
          "13 15 table SEEN a 7 held v1 o1",
          "14 15 w1.1 HELD a 7 -",
          "16 16 w1.1 ACCEPTED a 7 -",
          "20 21 w1.1 HELD a 7 -",
          "22 23 w1.1 RELEASED a 7 -",
          "22 24 table SEEN a 7 free v2 o1",
          "30 31 w2.1 ACQUIRED a 8 1",
          "30 33 table SEEN a 8 held v3 o2",
          "32 33 w2.1 HELD a 8 -",
          "34 34 w2.1 ACCEPTED a 8 -",
          "35 35 w1.1 REFUSED a 7 -",
          "40 40 w2.1 TOLD a 8 LEASE_EXPIRED",
          "41 41 w2.1 CLOSED a 8 -",
          "50 50 w1.1 BYE - 0 -",
          "50 50 w2.1 BYE - 0 -");

  @Test
  void history_asItShouldBe_hasNoViolation() {
    assertThat(check()).isEmpty();
  }

  @Test
  void belief_whileALaterHolderBelieves_isFound() {
    assertThat(check("33 35 w1.1 HELD a 7 -"))
        .anyMatch(what -> what.contains("believed together with"))
        .anyMatch(what -> what.contains("after a higher token had been shown"));
  }

  @Test
  void belief_askedBeforeAStopAndAnsweredAfterIt_isNoViolation() {
    // The question may have been answered at 21, before the release.
    assertThat(check("21 60 w1.1 HELD a 7 -")).isEmpty();
  }

  @Test
  void belief_ofAHolderWhoseSuccessorWasKilledBeforeHisFirstWord_isFoundByTheTable() {
    assertThat(
            Checker.check(
                    events(
                        List.of(
                            "12 13 w1.1 ACQUIRED a 7 1",
                            "20 21 table SEEN a 8 held v3 o2",
                            "25 26 w1.1 HELD a 7 -")))
                .stream()
                .map(Violation::what))
        .anyMatch(what -> what.contains("not named by the table"))
        .anyMatch(what -> what.contains("after a higher token had been shown"));
  }

  @Test
  void belief_whereTokensAreNotInOrder_isStillFoundByItsOverlap() {
    assertThat(
            what(
                "10 11 w1.1 HELD deleted 9 -",
                "20 21 w1.1 HELD deleted 9 -",
                "14 15 w2.1 HELD deleted 5 -",
                "16 17 w2.1 HELD deleted 5 -"))
        .singleElement()
        .asString()
        .contains("believed together with");
  }

  @Test
  void tokens_lowerForALaterHolder_areFound() {
    assertThat(what("10 11 w1.1 ACQUIRED a 7 1", "20 21 w2.1 HELD a 6 -"))
        .singleElement()
        .asString()
        .contains("after a higher token had been shown");
  }

  @Test
  void tokens_givenTwice_areFound() {
    assertThat(check("43 44 w2.1 ACQUIRED a 7 2", "45 45 w2.1 RELEASED a 7 -"))
        .anyMatch(what -> what.contains("have one token"));
    assertThat(what("10 11 w1.1 ACQUIRED a 7 1", "20 21 w1.1 ACQUIRED a 7 2"))
        .anyMatch(what -> what.contains("have one token"));
  }

  @Test
  void fence_acceptingALowerToken_isFound() {
    assertThat(what("1 1 w1.1 ACCEPTED a 7 -", "2 2 w2.1 ACCEPTED a 6 -"))
        .singleElement()
        .asString()
        .contains("ACCEPTED to token 6 after 7");
    assertThat(what("1 1 w1.1 ACCEPTED a 7 -", "2 2 w2.1 REFUSED a 8 -"))
        .singleElement()
        .asString()
        .contains("REFUSED to token 8 after 7");
  }

  @Test
  void holder_believingAfterItsOwnEnd_isFound() {
    assertThat(what("1 1 w1.1 RELEASED a 7 -", "2 3 w1.1 HELD a 7 -"))
        .singleElement()
        .asString()
        .contains("believed after it was closed");
    assertThat(what("1 1 w1.1 TOLD a 7 LEASE_EXPIRED", "2 3 w1.1 HELD a 7 -"))
        .singleElement()
        .asString()
        .contains("told that it is lost");
  }

  @Test
  void holder_toldTwice_isFound() {
    assertThat(check("42 42 w2.1 TOLD a 8 TAKEN_OVER"))
        .singleElement()
        .asString()
        .contains("told twice");
  }

  @Test
  void holder_toldAfterItsOwnRelease_isFound() {
    assertThat(check("42 42 w1.1 TOLD a 7 TAKEN_OVER"))
        .singleElement()
        .asString()
        .contains("told although it was released");
  }

  @Test
  void holder_neverToldOfItsLoss_isFoundUnlessItWasKilled() {
    assertThat(what("1 2 w1.1 ACQUIRED a 7 1", "3 3 w1.1 CLOSED a 7 -", "9 9 w1.1 BYE - 0 -"))
        .singleElement()
        .asString()
        .contains("neither released nor told");
    assertThat(what("1 2 w1.1 ACQUIRED a 7 1", "9 9 w1.1 KILLED - 0 -")).isEmpty();
  }

  @ParameterizedTest
  @ValueSource(strings = {"ITEM_DELETED", "RELEASED_EXTERNALLY"})
  void holder_toldAReasonThatNobodyCaused_isFound(String reason) {
    assertThat(what("1 1 w1.1 TOLD a 7 " + reason)).singleElement().asString().contains(reason);
  }

  @Test
  void table_tokenGoingBack_isFound() {
    assertThat(what("1 2 table SEEN a 7 held v o", "3 4 table SEEN a 6 held w o"))
        .singleElement()
        .asString()
        .contains("went back");
    assertThat(what("1 2 table SEEN a 7 free v o", "3 4 table SEEN a 0 absent"))
        .singleElement()
        .asString()
        .contains("went back");
  }

  @Test
  void table_releasedLockRevived_isFound() {
    assertThat(what("1 2 table SEEN a 7 free v o", "3 4 table SEEN a 7 held w o"))
        .singleElement()
        .asString()
        .contains("revived");
  }

  @Test
  void worker_meetingAnUnexpectedException_isFound() {
    assertThat(what("1 1 w1.1 ODD - 0 java.lang.Error: at last"))
        .singleElement()
        .asString()
        .contains("at last");
  }

  private static List<String> check(String... more) {
    List<Event> all = new ArrayList<>(events(GOOD));
    all.addAll(events(List.of(more)));
    return Checker.check(all).stream().map(Violation::what).toList();
  }

  private static List<String> what(String... lines) {
    return Checker.check(events(List.of(lines))).stream().map(Violation::what).toList();
  }

  private static List<Event> events(List<String> lines) {
    return lines.stream().map(Event::parse).toList();
  }
}
