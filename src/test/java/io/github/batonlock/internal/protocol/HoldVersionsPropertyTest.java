package io.github.batonlock.internal.protocol;

import static org.assertj.core.api.Assertions.assertThat;

import io.github.batonlock.Revocation.Reason;
import io.github.batonlock.internal.runtime.ClockReading;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.OptionalLong;
import java.util.Set;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.jqwik.api.constraints.IntRange;
import net.jqwik.api.constraints.Size;

/**
 * A hold against a model of its item and of a network that loses, delays and reorders whatever it
 * likes. As in the client, one request at a time is waited for; those given up may still arrive.
 */
class HoldVersionsPropertyTest {

  /** A write on its way: applied if it arrives while the item has one of the versions. */
  private record Write(int number, List<String> condition) {}

  /** What a request was answered, before the answer arrives. */
  private record Answer(int number, boolean applied, ItemState item) {}

  private HoldVersions versions;
  private final List<Write> underWay = new ArrayList<>();
  private final Set<String> stoodInTheItem = new HashSet<>(Set.of("v0"));
  private ItemState item = held("me", "v0");
  private Reason interfered;
  private int sent;
  private int awaited = -1;
  private Answer answer;

  private static HoldVersionsPropertyTest run(int named, int known) {
    HoldVersionsPropertyTest run = new HoldVersionsPropertyTest();
    run.versions = new HoldVersions("me", "v0", at(0), 1, Limit.of(named), Limit.of(known));
    return run;
  }

  @Property
  void hold_whateverTheNetworkDoes_knowsWhatMayStandInItsItem(
      @ForAll @Size(max = 200) List<@IntRange(max = 999) Integer> choices,
      @ForAll @IntRange(min = 1, max = 5) int named,
      @ForAll @IntRange(min = 1, max = 20) int known) {
    HoldVersionsPropertyTest run = run(named, known);
    for (int choice : choices) {
      run.step(choice % 10, choice / 10);
      run.check();
    }
  }

  @Property
  void hold_whoseItemSomebodyChanges_isLostByTheNextFreshAnswer(
      @ForAll @Size(max = 60) List<@IntRange(max = 999) Integer> choices,
      @ForAll @Size(max = 20) List<@IntRange(max = 999) Integer> later,
      @ForAll @IntRange(min = 1, max = 5) int named,
      @ForAll Reason how) {
    HoldVersionsPropertyTest run = run(named, 1_000);
    choices.forEach(choice -> run.step(choice % 10, choice / 10));
    run.giveUp();
    run.interfere(how);
    ClockReading confirmedAt = run.versions.confirmedAt();
    later.forEach(choice -> run.step(choice % 10, choice / 10));

    assertThat(run.versions.found(run.item, at(run.sent)))
        .isEqualTo(new RenewalOutcome.Lost(run.interfered));
    assertThat(run.versions.confirmedAt()).isEqualTo(confirmedAt);
  }

  private void step(int kind, int pick) {
    switch (kind) {
      case 0, 1 -> send();
      case 2, 3, 4 -> arrive(pick);
      case 5, 6 -> receive();
      case 7 -> giveUp();
      case 8 -> refuse();
      default -> look();
    }
  }

  private void send() {
    if (awaited < 0 && versions.canSend()) {
      List<String> condition = versions.condition();
      sent++;
      versions.sending("v" + sent, at(sent), sent);
      underWay.add(new Write(sent, condition));
      awaited = sent;
    }
  }

  /** Any write, and perhaps once more: the SDK tries again, too. */
  private void arrive(int pick) {
    if (underWay.isEmpty()) {
      return;
    }
    Write write = underWay.get(pick % underWay.size());
    if (pick % 3 > 0) {
      underWay.remove(write);
    }
    boolean applies =
        item instanceof ItemState.Lock lock
            && lock.item().ownerName().equals("me")
            && !lock.item().released()
            && write.condition().contains(lock.item().version());
    ItemState before = item;
    if (applies) {
      item = held("me", "v" + write.number());
      stoodInTheItem.add("v" + write.number());
    }
    if (write.number() == awaited) {
      answer = new Answer(write.number(), applies, before);
    }
  }

  private void receive() {
    if (answer != null) {
      RenewalOutcome outcome =
          answer.applied()
              ? versions.applied("v" + answer.number())
              : versions.found(answer.item(), at(sent));
      if (interfered == null) {
        assertThat(outcome).isNotInstanceOf(RenewalOutcome.Lost.class);
      } else if (!answer.applied()) {
        assertThat(outcome).isEqualTo(new RenewalOutcome.Lost(interfered));
      }
      giveUp();
    }
  }

  /** The client's own timeout: the answer, if it comes, is not looked at. */
  private void giveUp() {
    awaited = -1;
    answer = null;
  }

  /** Throttled, say: the write that is waited for has certainly not been applied. */
  private void refuse() {
    boolean removed = underWay.removeIf(write -> write.number() == awaited && answer == null);
    if (removed) {
      versions.notApplied("v" + awaited);
      giveUp();
    }
  }

  private void look() {
    if (awaited < 0) {
      RenewalOutcome outcome = versions.found(item, at(sent));
      if (interfered == null) {
        assertThat(outcome).isNotInstanceOf(RenewalOutcome.Lost.class);
        String version = ((ItemState.Lock) item).item().version();
        assertThat(versions.confirmedAt()).isEqualTo(at(Integer.parseInt(version.substring(1))));
        assertThat(versions.candidates()).startsWith(version);
      } else {
        assertThat(outcome).isEqualTo(new RenewalOutcome.Lost(interfered));
      }
    }
  }

  private void interfere(Reason how) {
    interfered =
        switch (how) {
          case ITEM_DELETED, ITEM_CHANGED, RELEASED_EXTERNALLY -> how;
          default -> Reason.TAKEN_OVER;
        };
    item =
        switch (interfered) {
          case ITEM_DELETED -> ItemState.ABSENT;
          // From before this hold, or from before its last renewals.
          case ITEM_CHANGED -> held("me", "w0");
          case RELEASED_EXTERNALLY -> lock("me", "v" + sent, true);
          // Also under a version of ours: whoever is named holds it.
          default -> held("other", sent % 2 == 0 ? "w1" : versions.candidates().get(0));
        };
  }

  private void check() {
    String version = ((ItemState.Lock) item).item().version();
    assertThat(versions.candidates()).contains(version).doesNotHaveDuplicates();
    assertThat(versions.condition())
        .isSubsetOf(versions.candidates())
        .startsWith(versions.candidates().get(0));
    assertThat(versions.isAmbiguous()).isEqualTo(versions.candidates().size() > 1);
    String confirmed = versions.candidates().get(0);
    assertThat(stoodInTheItem).contains(confirmed);
    assertThat(versions.confirmedAt()).isEqualTo(at(Integer.parseInt(confirmed.substring(1))));
  }

  private static ClockReading at(int second) {
    return new ClockReading(second * 1_000_000_000L, second * 1_000L);
  }

  private static ItemState held(String owner, String version) {
    return lock(owner, version, false);
  }

  private static ItemState lock(String owner, String version, boolean released) {
    return new ItemState.Lock(
        new LockItem(owner, Duration.ofSeconds(20), version, released, OptionalLong.of(1), null));
  }
}
