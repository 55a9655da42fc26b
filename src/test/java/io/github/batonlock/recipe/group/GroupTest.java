package io.github.batonlock.recipe.group;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.github.batonlock.LockKey;
import io.github.batonlock.LockNotAcquiredException;
import io.github.batonlock.LockStoreException;
import io.github.batonlock.LockStoreException.Kind;
import io.github.batonlock.Revocation;
import io.github.batonlock.internal.config.Bound;
import io.github.batonlock.internal.config.ClientConfig;
import io.github.batonlock.internal.virtual.FaultyStore.Fault;
import io.github.batonlock.internal.virtual.InMemoryLockStore.Operation;
import io.github.batonlock.support.World;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import java.util.function.Consumer;
import java.util.stream.IntStream;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;
import software.amazon.awssdk.core.SdkBytes;
import software.amazon.awssdk.services.dynamodb.model.AttributeValue;

/** Groups on virtual time; lease 20 s, heartbeat 5 s. */
class GroupTest {
  private static final Duration TWO_LEASES = Duration.ofSeconds(40);

  @RegisterExtension private final World world = new World();
  private final List<Site> sites = new ArrayList<>();

  /** Nobody looks any more. */
  @AfterEach
  void closeGroups() {
    sites.forEach(site -> site.node.machine.run(() -> site.group.closeAsync()));
  }

  /** A process that looks at the group. */
  private final class Site {
    final World.Node node;
    final List<GroupChange> changes = new ArrayList<>();
    final Group group;

    Site(String name) {
      this(name, config -> {});
    }

    Site(String name, Consumer<ClientConfig.Draft> settings) {
      node = world.node(name, settings);
      group = Group.builder(node.client, "g").onChange(changes::add).open();
      sites.add(this);
    }

    CompletableFuture<Membership> joins(String id) {
      return group.joinAsync(id, SdkBytes.fromUtf8String("data of " + id));
    }

    Membership joined(String id) {
      CompletableFuture<Membership> membership = joins(id);
      world.seconds(5);
      return membership.join();
    }

    List<String> ids() {
      return group.members().stream().map(Member::id).toList();
    }

    List<String> failed() {
      return changes.stream().flatMap(c -> c.failed().stream()).map(Member::id).toList();
    }

    List<String> left() {
      return changes.stream().flatMap(c -> c.left().stream()).map(Member::id).toList();
    }
  }

  @Test
  void member_thatJoins_isSeenByAllWithinAnInterval() {
    Site observer = new Site("o");
    Site a = new Site("a");
    Membership membership = a.joined("a");
    assertThat(a.ids()).containsExactly("a");

    world.seconds(6);

    assertThat(observer.ids()).containsExactly("a");
    assertThat(observer.changes)
        .containsExactly(
            new GroupChange(
                List.of(membership.member()), List.of(membership.member()), List.of(), List.of()));
    assertThat(membership.isHeld()).isTrue();
  }

  @Test
  void member_thatLeaves_isToldToHaveLeft_andItsLockIsFree() {
    Site a = new Site("a");
    Site b = new Site("b");
    Membership membership = a.joined("a");
    b.joined("b");
    world.seconds(10);

    CompletableFuture<Void> left = membership.closeAsync();
    world.seconds(20);

    assertThat(left).isDone();
    assertThat(membership.isHeld()).isFalse();
    assertThat(b.ids()).containsExactly("b");
    assertThat(b.left()).containsExactly("a");
    assertThat(b.failed()).isEmpty();
    assertThat(world.table.row(LockKey.of("g/member/a"))).containsKey("isReleased");
  }

  @Test
  void membership_isAHold_untilItIsClosed() {
    Membership membership = new Site("a").joined("a");
    List<Revocation> lost = new ArrayList<>();
    assertThat(membership.onRevoked(lost::add)).isSameAs(membership);
    assertThat(membership.key()).isEqualTo(LockKey.of("g/member/a"));
    assertThat(membership.fencingToken()).isEqualTo(membership.member().term());
    membership.ensureHeldFor(Duration.ofSeconds(5));

    CompletableFuture<Void> left = membership.closeAsync();
    assertThat(membership.isHeld()).isFalse();
    assertThat(membership.remaining()).isZero();
    assertThatThrownBy(membership::ensureHeld)
        .isInstanceOf(IllegalStateException.class)
        .hasMessageContaining("was closed by its holder");
    world.seconds(5);

    assertThat(left).isDone();
    assertThat(lost).isEmpty();
    assertThat(membership.revocation()).isEmpty();
  }

  @Test
  void member_thatDies_hasFailedForAllWithinTwoLeases() {
    List<Site> sites = List.of(new Site("a"), new Site("b"), new Site("c"), new Site("o"));
    sites.subList(0, 3).forEach(site -> site.joined(site.node.client.ownerName()));
    world.seconds(12);

    sites.get(1).node.machine.crash();
    world.time.advance(TWO_LEASES);

    for (Site site : List.of(sites.get(0), sites.get(2), sites.get(3))) {
      assertThat(site.ids()).containsExactly("a", "c");
      assertThat(site.failed()).containsExactly("b");
    }
  }

  @Test
  void members_thatDieTogether_haveAllFailedWithinTwoLeases() {
    List<Site> sites = sites(12);
    for (Site site : sites.subList(2, 10)) {
      site.node.machine.crash();
    }
    world.time.advance(TWO_LEASES);

    assertThat(sites.get(0).ids()).containsExactly("m000", "m001", "m010", "m011");
    assertThat(sites.get(11).failed()).hasSize(8);
  }

  @Test
  void member_thatIsPausedForALease_hasLostItsMembershipBeforeOthersSayItFailed() {
    Site a = new Site("a");
    Site b = new Site("b");
    a.joined("a");
    Membership membership = b.joined("b");
    List<Revocation> lost = new ArrayList<>();
    membership.onRevoked(lost::add);
    world.seconds(12);

    b.node.machine.pause();
    Duration step = Duration.ofMillis(100);
    Duration passed = Duration.ZERO;
    while (a.ids().contains("b")) {
      world.time.advance(step);
      passed = passed.plus(step);
      assertThat(passed).isLessThan(TWO_LEASES);
    }

    assertThat(membership.isHeld()).isFalse();
    b.node.machine.resume();
    world.seconds(1);
    assertThat(lost).hasSize(1);
    Membership again = b.joined("b");
    assertThat(again.member().term()).isGreaterThan(membership.member().term());
    world.seconds(11);
    assertThat(a.group.members()).contains(again.member()).doesNotContain(membership.member());
  }

  /** Its own clock saw nothing, and nobody wanted its lock: yet it must not be a member again. */
  @Test
  void member_thatWasSuspendedUntilItFailed_isNoMemberWhenItGoesOn() {
    Site a = new Site("a");
    Site b = new Site("b");
    a.joined("a");
    Membership membership = b.joined("b");
    List<Revocation> lost = new ArrayList<>();
    membership.onRevoked(lost::add);
    world.seconds(12);

    b.node.machine.suspend(Duration.ofSeconds(35));
    assertThat(a.failed()).containsExactly("b");
    world.seconds(10);

    assertThat(membership.isHeld()).isFalse();
    assertThat(lost).hasSize(1);
    assertThat(a.ids()).containsExactly("a");
  }

  @Test
  void lastMember_thatDies_isTakenOutByAnObserver() {
    Site a = new Site("a");
    a.joined("a");
    Site observer = new Site("o");
    world.seconds(12);
    assertThat(observer.ids()).containsExactly("a");

    a.node.machine.crash();
    world.time.advance(TWO_LEASES);

    assertThat(observer.ids()).isEmpty();
    assertThat(observer.failed()).containsExactly("a");
  }

  @Test
  void client_closedWithoutLeaving_countsAsAFailure_withoutWaitingForALease() {
    Site a = new Site("a");
    Site b = new Site("b");
    a.joined("a");
    b.joined("b");
    world.seconds(12);

    a.node.client.close();
    world.seconds(16);

    assertThat(b.ids()).containsExactly("b");
    assertThat(b.failed()).containsExactly("a");
  }

  @Test
  void group_whoseClientHasBeenClosed_leavesAndCloses() {
    Site a = new Site("a");
    Membership membership = a.joined("x");
    world.seconds(12);
    a.node.client.close();
    world.seconds(1);

    CompletableFuture<Void> left = membership.closeAsync();
    CompletableFuture<Void> closed = a.group.closeAsync();
    world.seconds(1);

    assertThat(left).isDone();
    assertThat(closed).isDone();
  }

  @Test
  void id_ofALivingMember_isRefusedToOthers() {
    Site a = new Site("a");
    Site b = new Site("b");
    a.joined("x");

    CompletableFuture<Membership> second = b.joins("x");
    world.seconds(60);

    assertThatThrownBy(second::join).hasCauseInstanceOf(LockNotAcquiredException.class);
    assertThat(b.ids()).containsExactly("x");
  }

  /** Regression: observers took each later list for an old answer, since its token is smaller. */
  @Test
  void list_putBackByAnOperator_isFollowedByAllObservers() {
    Site observer = new Site("o");
    Site a = new Site("a");
    a.joined("a");
    Map<String, AttributeValue> early = world.table.row(LockKey.of("g/members"));
    Site b = new Site("b");
    Membership gone = b.joined("b");
    CompletableFuture<Void> left = gone.closeAsync();
    world.seconds(20);
    assertThat(left).isDone();
    assertThat(observer.ids()).containsExactly("a");

    world.table.putRow(LockKey.of("g/members"), early);
    world.seconds(10);
    b.joined("c");
    world.seconds(10);

    assertThat(observer.ids()).containsExactly("a", "c");
    assertThat(a.ids()).containsExactly("a", "c");
    assertThat(b.ids()).containsExactly("a", "c");
  }

  /** Regression: the list stayed as it was, and was written without a pause. */
  @Test
  void member_whoseItemWasDeleted_andWhoseClockIsBehind_takesThePlaceOfTheEarlierOne() {
    Site a = new Site("a");
    Membership earlier = a.joined("m");
    a.node.machine.crash();
    world.table.removeRow(LockKey.of("g/member/m"));
    Site b = new Site("b");
    b.node.machine.stepWallClock(Duration.ofHours(-1));
    Membership later = b.joined("m");
    long sent = b.node.store.trace().size();
    world.seconds(60);

    assertThat(later.member().term()).isLessThan(earlier.member().term());
    assertThat(b.group.members()).containsExactly(later.member());
    assertThat(b.failed()).containsExactly("m");
    // A heartbeat each 5 s, and two watches that read once a second.
    assertThat(b.node.store.trace().size() - sent).isLessThan(150);
  }

  @Test
  void list_deletedByAnOperator_isWrittenAgainByTheMembers() {
    Site a = new Site("a");
    Site b = new Site("b");
    a.joined("a");
    b.joined("b");
    world.seconds(10);

    world.table.removeRow(LockKey.of("g/members"));
    world.seconds(30);

    assertThat(a.ids()).containsExactly("a", "b");
    assertThat(b.ids()).containsExactly("a", "b");
    assertThat(world.table.row(LockKey.of("g/members"))).isNotNull();
    Site later = new Site("c");
    world.seconds(5);
    assertThat(later.ids()).containsExactly("a", "b");
  }

  /** Regression: no living member wrote the list again, and observers kept the dead members. */
  @Test
  void list_deletedByAnOperator_andAllMembersDead_isEmptyForObservers() {
    Site observer = new Site("o");
    Site a = new Site("a");
    Site b = new Site("b");
    a.joined("a");
    b.joined("b");
    world.seconds(10);

    world.table.removeRow(LockKey.of("g/members"));
    a.node.machine.crash();
    b.node.machine.crash();
    world.time.advance(TWO_LEASES);
    world.time.advance(TWO_LEASES);

    assertThat(observer.ids()).isEmpty();
    assertThat(observer.failed()).containsExactlyInAnyOrder("a", "b");
    assertThat(observer.left()).isEmpty();
  }

  @Test
  void data_ofAMember_canBeReadUntilItEnds() {
    Site a = new Site("a");
    Site b = new Site("b");
    Membership membership = a.joined("a");

    assertThat(b.group.data(membership.member())).hasValue(SdkBytes.fromUtf8String("data of a"));
    membership.close();
    assertThat(b.group.data(membership.member())).isEmpty();
  }

  @Test
  void group_closed_leavesWithAllItsMembersAndTellsNothingAnyMore() {
    Site a = new Site("a");
    Site b = new Site("b");
    Membership first = a.joined("a1");
    Membership second = a.joined("a2");
    world.seconds(10);

    CompletableFuture<Void> closed = a.group.closeAsync();
    world.seconds(10);
    int told = a.changes.size();
    b.joined("b");
    world.seconds(10);

    assertThat(closed).isDone();
    assertThat(first.isHeld() || second.isHeld()).isFalse();
    assertThat(b.ids()).containsExactly("b");
    assertThat(a.changes).hasSize(told);
    assertThatThrownBy(() -> a.joined("a3")).hasMessageContaining("closed");
  }

  /** What a member costs must not depend on how many there are. */
  @Test
  void requests_ofAMemberInAnInterval_areTheSameInSmallAndLargeGroups() {
    sites(200);
    world.table.resetCounts();

    world.seconds(100);

    double intervals = 100 / 5.0 * 200;
    assertThat(world.table.writes() / intervals).isBetween(0.9, 1.1);
    assertThat(reads() / intervals).isBetween(1.5, 2.5);
  }

  @Test
  void largeGroup_ofWhichEveryTenthDies_isRightAgainWithinTwoLeases() {
    List<Site> sites = sites(200);
    for (int i = 0; i < 200; i += 10) {
      sites.get(i).node.machine.crash();
    }
    world.time.advance(TWO_LEASES);

    for (int i = 0; i < 200; i++) {
      if (i % 10 != 0) {
        assertThat(sites.get(i).ids()).hasSize(180).doesNotContain("m000", "m110");
      }
    }
  }

  private int reads() {
    return world.table.count(Operation.READ) + world.table.count(Operation.CONSISTENT_READ);
  }

  /** So many members, each in a process of its own, that all see each other. */
  private List<Site> sites(int count) {
    List<Site> sites = new ArrayList<>();
    List<CompletableFuture<Membership>> joins = new ArrayList<>();
    for (int i = 0; i < count; i++) {
      Site site = new Site("n%03d".formatted(i));
      sites.add(site);
      joins.add(site.joins("m%03d".formatted(i)));
    }
    for (int waited = 0;
        waited < 60 && !joins.stream().allMatch(CompletableFuture::isDone);
        waited++) {
      world.seconds(1);
    }
    joins.forEach(CompletableFuture::join);
    world.seconds(20);
    assertThat(sites).allSatisfy(site -> assertThat(site.ids()).hasSize(count));
    return sites;
  }

  private static String longId(int number) {
    return "%0247d".formatted(number);
  }

  private void putList(MemberList list) {
    world.table.putRow(
        LockKey.of("g/members"),
        Map.of(
            "ownerName", AttributeValue.fromS("before"),
            "leaseDuration", AttributeValue.fromS("20000"),
            "recordVersionNumber", AttributeValue.fromS("v"),
            "isReleased", AttributeValue.fromS("1"),
            "fencingToken", AttributeValue.fromN("7"),
            "data", AttributeValue.fromB(list.encode())));
  }

  private MemberList list() {
    return MemberList.decode(world.table.row(LockKey.of("g/members")).get("data").b());
  }

  /** Regression: the list's lock was held for ever, and no join came to an end, in any process. */
  @Test
  void joins_thatWouldMakeTheListLargerThanAnItem_failAlone_andTheListGoesOn() {
    MemberList full = MemberList.EMPTY;
    for (int i = 0; i < 1_580; i++) {
      full = full.with(new Member(longId(i), 1));
    }
    putList(full);
    Site a = new Site("a");
    List<CompletableFuture<Membership>> joining =
        IntStream.range(2_000, 2_020).mapToObj(i -> a.joins(longId(i))).toList();
    world.seconds(4);

    for (CompletableFuture<Membership> join : joining) {
      assertThatThrownBy(join::join)
          .cause()
          .isInstanceOfSatisfying(
              LockStoreException.class,
              failure -> assertThat(failure.kind()).isEqualTo(Kind.INVALID_REQUEST))
          .hasMessageContaining("Group(g)")
          .hasMessageContaining("399360 bytes");
    }
    assertThat(world.table.row(LockKey.of("g/members"))).containsKey("isReleased");
    assertThat(world.table.row(LockKey.of("g/member/" + longId(2_000))))
        .satisfiesAnyOf(
            row -> assertThat(row).isNull(), row -> assertThat(row).containsKey("isReleased"));
    assertThat(list().members()).hasSize(1_580);
  }

  @Test
  void joins_ofWhichSomeFit_areGrantedAsFarAsTheyDo_andTheOthersWhenThereIsRoom() {
    Site a =
        new Site("a", config -> config.bounds = config.bounds.with(Bound.GROUP_LIST_BYTES, 64));
    List<CompletableFuture<Membership>> joining =
        Stream.of("a1", "a2", "a3", "a4", "a5").map(a::joins).toList();
    world.seconds(5);
    assertThat(joining).filteredOn(CompletableFuture::isCompletedExceptionally).hasSize(2);
    List<Membership> members =
        joining.stream().filter(j -> !j.isCompletedExceptionally()).map(j -> j.join()).toList();
    assertThat(members).allMatch(Membership::isHeld);
    assertThat(list().members())
        .containsExactlyElementsOf(members.stream().map(Membership::member).sorted().toList());

    members.get(0).closeAsync();
    world.seconds(6);
    assertThat(a.joined("a9").isHeld()).isTrue();
  }

  /** They tell observers that were away who failed; members need the room. */
  @Test
  void failures_makeRoomForMembers() {
    Site a =
        new Site("a", config -> config.bounds = config.bounds.with(Bound.GROUP_LIST_BYTES, 64));
    MemberList list = MemberList.EMPTY;
    for (int i = 0; i < 3; i++) {
      list = list.with(new Member("b" + i, 1)).withoutFailed(new Member("b" + i, 1));
    }
    putList(list);
    a.joined("a1");
    a.joined("a2");
    assertThat(a.joined("a3").isHeld()).isTrue();

    assertThat(list().members()).hasSize(3);
  }

  /** Somebody else's attributes take what the bound leaves for them, and more. */
  @Test
  void join_whoseListTheTableRefuses_failsAlone_andMembersLeave() {
    Site a = new Site("a");
    Membership first = a.joined("a1");
    a.node.store.faults(operation -> operation.equals("heartbeat") ? Fault.INVALID : Fault.NONE);
    CompletableFuture<Membership> second = a.joins("a2");
    CompletableFuture<Void> left = first.closeAsync();
    world.seconds(5);

    assertThat(second).isCompletedExceptionally();
    assertThat(left).isCompleted();
    assertThat(world.table.row(LockKey.of("g/members"))).containsKey("isReleased");
  }
}
