package io.github.batonlock.recipe.group;

import static org.assertj.core.api.Assertions.assertThat;

import io.github.batonlock.Leases;
import io.github.batonlock.LockClient;
import io.github.batonlock.Revocation;
import io.github.batonlock.integration.TableFixture;
import io.github.batonlock.support.Eventually;
import io.github.batonlock.support.LossyHttpClient;
import io.github.batonlock.support.LossyHttpClient.Fault;
import io.github.batonlock.support.RequestCounter;
import io.github.batonlock.support.Stalls;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.function.Consumer;
import java.util.function.Function;
import java.util.stream.Stream;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.MethodSource;
import software.amazon.awssdk.core.SdkBytes;

/** Groups of real clients: who sees whom, who is missed, and what it costs. */
class GroupIT extends TableFixture {
  /** Outwaited by a test, and not lost before to a machine that stands still. */
  private static final Duration SHORT = Duration.ofSeconds(8);

  /** Longer than any machine stands still, and than a test waits: no member fails by chance. */
  private static final Duration LONG = Duration.ofMinutes(3);

  private static final Duration BEAT = Duration.ofMillis(500);

  private String name;

  @BeforeEach
  void nameTheGroup() {
    name = newKey();
  }

  static Stream<Leases> leases() {
    return Stream.of(Leases.own(), Leases.shared());
  }

  static Stream<Arguments> clients() {
    return Stream.of(Sdk.values()).flatMap(sdk -> leases().map(l -> Arguments.of(sdk, l)));
  }

  private static Consumer<LockClient.Builder> beating(Leases leases) {
    return beating(leases, LONG);
  }

  private static Consumer<LockClient.Builder> beating(Leases leases, Duration lease) {
    return builder -> builder.leaseDuration(lease).heartbeatInterval(BEAT).leases(leases);
  }

  /** A client that looks at the group, and what it was told. */
  private final class Site {
    final LockClient client;
    final List<GroupChange> changes = new CopyOnWriteArrayList<>();
    final Group group;

    Site(LockClient client) {
      this.client = client;
      this.group = closing(Group.builder(client, name).onChange(changes::add).open());
    }

    Membership joins(String id) throws InterruptedException {
      return group.join(id, dataOf(id));
    }

    void sees(String... ids) {
      Eventually.until(
          client.ownerName() + " sees " + List.of(ids) + ", not " + group.members(),
          () -> ids(group.members()).equals(List.of(ids)));
    }

    /** What the listener is told comes a moment after what members() says. */
    void isTold(Function<GroupChange, List<Member>> of, String... ids) {
      Eventually.until(
          client.ownerName() + " is told " + List.of(ids), () -> told(of).equals(List.of(ids)));
    }

    List<String> told(Function<GroupChange, List<Member>> of) {
      return changes.stream().flatMap(change -> ids(of.apply(change)).stream()).sorted().toList();
    }

    private List<String> ids(List<Member> members) {
      return members.stream().map(Member::id).toList();
    }
  }

  private static SdkBytes dataOf(String id) {
    return SdkBytes.fromUtf8String("data of " + id);
  }

  @ParameterizedTest
  @MethodSource("clients")
  void members_ofSeveralClients_seeEachOther_andWhoEndsHow(Sdk sdk, Leases leases)
      throws Exception {
    List<Site> sites = new ArrayList<>();
    for (int i = 0; i < 5; i++) {
      sites.add(new Site(client(sdk, beating(leases))));
    }
    List<Membership> memberships = new ArrayList<>();
    for (int i = 0; i < 4; i++) {
      memberships.add(sites.get(i).joins("m" + i));
    }
    sites.forEach(site -> site.sees("m0", "m1", "m2", "m3"));
    assertThat(memberships)
        .allMatch(membership -> membership.lock().session().isPresent() == leases.isShared());
    for (Membership membership : memberships) {
      Member member = membership.member();
      assertThat(sites.get(4).group.data(member)).hasValue(dataOf(member.id()));
    }

    sites.get(1).client.close();
    sites.remove(1);
    sites.forEach(site -> site.sees("m0", "m2", "m3"));
    memberships.get(2).close();
    sites.forEach(site -> site.sees("m0", "m3"));

    for (Site site : sites) {
      site.isTold(GroupChange::joined, "m0", "m1", "m2", "m3");
      site.isTold(GroupChange::failed, "m1");
      site.isTold(GroupChange::left, "m2");
    }
    assertThat(memberships)
        .extracting(Membership::isHeld)
        .containsExactly(true, false, false, true);
    assertThat(sites.get(0).group.data(memberships.get(1).member())).isEmpty();
    assertThat(sites.get(0).group.data(memberships.get(2).member())).isEmpty();
  }

  @ParameterizedTest
  @MethodSource("leases")
  void member_thatIsCutOff_isMissedByAllOthers_andMayComeBack(Leases leases) throws Exception {
    LossyHttpClient network = LossyHttpClient.create();
    Site cutOff = new Site(client(sdkOver(network, true), beating(leases, SHORT)));
    List<Site> others = new ArrayList<>();
    for (int i = 0; i < 4; i++) {
      others.add(new Site(client(beating(leases))));
    }
    Membership first = cutOff.joins("m1");
    CompletableFuture<Revocation> lost = new CompletableFuture<>();
    first.onRevoked(lost::complete);
    others.get(0).joins("m0");
    others.get(1).joins("m2");
    others.get(2).joins("m3");
    others.forEach(site -> site.sees("m0", "m1", "m2", "m3"));
    cutOff.sees("m0", "m1", "m2", "m3");

    for (String operation : List.of("UpdateItem", "GetItem", "DeleteItem")) {
      network.always(operation, Fault.blackHole());
    }
    others.forEach(site -> site.sees("m0", "m2", "m3"));

    assertThat(first.isHeld()).isFalse();
    assertThat(Eventually.get(lost).reason()).isEqualTo(Revocation.Reason.LEASE_EXPIRED);
    for (Site site : others) {
      site.isTold(GroupChange::failed, "m1");
      site.isTold(GroupChange::left);
    }
    assertThat(cutOff.told(GroupChange::failed)).as("it saw nothing").isEmpty();

    network.heal();
    cutOff.sees("m0", "m2", "m3");
    Membership again = cutOff.joins("m1");
    assertThat(again.member().term()).isGreaterThan(first.member().term());
    others.forEach(site -> site.sees("m0", "m1", "m2", "m3"));
    assertThat(others).allMatch(site -> site.group.members().contains(again.member()));
  }

  @ParameterizedTest
  @MethodSource("leases")
  void group_whoseClientIsClosed_closes(Leases leases) throws Exception {
    Site site = new Site(client(beating(leases)));
    Membership membership = site.joins("m0");
    site.client.close();

    CompletableFuture<Void> left = membership.closeAsync();
    CompletableFuture<Void> closed = site.group.closeAsync();

    Eventually.get(left);
    Eventually.get(closed);
  }

  /** One write and two reads an interval; a shared lease is looked at by one read more. */
  @ParameterizedTest
  @MethodSource("clients")
  void member_inAnInterval_writesOnceAndReadsTheListAndOneMember(Sdk sdk, Leases leases)
      throws Exception {
    RequestCounter counter = new RequestCounter();
    List<Site> sites = new ArrayList<>();
    sites.add(new Site(client(sdk, counter, beating(leases))));
    for (int i = 1; i < 5; i++) {
      sites.add(new Site(client(sdk, beating(leases))));
    }
    for (int i = 0; i < 5; i++) {
      sites.get(i).joins("m" + i);
    }
    sites.forEach(site -> site.sees("m0", "m1", "m2", "m3", "m4"));
    counter.reset();
    Eventually.until("the interval is learnt", () -> counter.of("UpdateItem") >= 3);

    Stalls.measure(() -> countsTenHeartbeats(counter, leases.isShared() ? 3 : 2));
  }

  private static void countsTenHeartbeats(RequestCounter counter, int readsEach) {
    counter.reset();
    Eventually.until("ten more heartbeats", () -> counter.of("UpdateItem") >= 10);
    int reads = counter.of("GetItem");
    int heartbeats = counter.of("UpdateItem");
    assertThat(counter.counts()).containsOnlyKeys("UpdateItem", "GetItem");
    assertThat(reads / (double) heartbeats).isBetween(0.4 * readsEach, 1.4 * readsEach);
  }
}
