package io.github.batonlock.simulation;

import io.github.batonlock.LockKey;
import io.github.batonlock.internal.config.Bound;
import io.github.batonlock.recipe.group.Group;
import io.github.batonlock.recipe.group.GroupChange;
import io.github.batonlock.recipe.group.Member;
import io.github.batonlock.recipe.group.Membership;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Collection;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import software.amazon.awssdk.core.SdkBytes;
import software.amazon.awssdk.services.dynamodb.model.AttributeValue;

/**
 * Members of a group, who join, leave, die and come back.
 *
 * <p>Nobody is told to have failed who is a member still, or to have left who did not. No two are
 * members under one id. After calm, all who look see the members that there are.
 */
final class GroupStory extends RecipeStory {
  /** The format, the number of changes, and the numbers of members and of failures. */
  private static final int LIST_HEADER_BYTES = 1 + Long.BYTES + 2 * Integer.BYTES;

  private final List<Site> sites = new ArrayList<>();
  private final Set<Member> leavers = new HashSet<>();

  /** The members that users were given; others leave again, since their users have gone. */
  private final Set<Member> given = new HashSet<>();

  private final Anger anger;

  GroupStory(SimulatedWorld world) {
    super(world);
    anger = new Anger(world);
  }

  /** One process's part. */
  private final class Site {
    final Node node;
    final String id;
    final Group group;
    final List<Membership> memberships = new ArrayList<>();

    /** The members as the listener was told last. */
    List<Member> told = List.of();

    Site(Node node) {
      this.node = node;
      // The next process in this place calls itself the same.
      this.id = "m" + node.place;
      this.group = Group.builder(node.client, "g").onChange(this::changed).open();
    }

    void join() {
      if (!mayBegin(node)) {
        return;
      }
      CompletableFuture<Membership> future =
          group.joinAsync(id, SdkBytes.fromUtf8String(node.toString()));
      if (Abandonment.strikes(world)) {
        later(node, Duration.ofMillis(100), () -> Abandonment.end(world, future));
      }
      calls(UserCall.soonAfter(node.terms.lease().multipliedBy(4), node, "join")).until(future);
      future.whenComplete(
          (membership, failure) -> {
            if (membership != null) {
              joined(membership);
            } else if (isStopped() || failure == null || isDocumented(failure, node)) {
              later(node, node.terms.lease().dividedBy(4), this::join);
            } else {
              violated(node + " could not join: " + failure);
            }
          });
    }

    private void joined(Membership membership) {
      count("joined");
      given.add(membership.member());
      memberships.add(membership);
      world.trace(() -> node + " is " + membership.member());
      membership.onRevoked(
          revocation -> {
            count("lost");
            later(node, node.terms.lease().dividedBy(4), this::join);
            anger.mayThrow();
          });
      if (world.chance(2)) {
        later(node, node.terms.lease().multipliedBy(3), () -> leave(membership));
      }
    }

    private void leave(Membership membership) {
      if (isCalm() || !mayBegin(node) || !membership.isHeld()) {
        return;
      }
      leavers.add(membership.member());
      count("left");
      CompletableFuture<Void> leaving = membership.closeAsync();
      calls(UserCall.soonAfter(node.terms.lease().multipliedBy(4), node, "leave")).until(leaving);
      leaving.whenComplete(
          (nothing, failure) -> later(node, node.terms.lease().dividedBy(4), this::join));
    }

    private void changed(GroupChange change) {
      world.trace(() -> node + " sees " + change);
      told = change.members();
      if (isStopped()) {
        return;
      }
      for (Member member : change.failed()) {
        count("failed");
        if (living().anyMatch(membership -> membership.member().equals(member))) {
          violatedByTheRecipe(
              node + " was told that " + member + " has failed, which is a member still");
        }
      }
      for (Member member : change.left()) {
        if (given.contains(member) && !leavers.contains(member) && !mayBeForgotten(member)) {
          violatedByTheRecipe(node + " was told that " + member + " has left, which it did not");
        }
      }
      anger.mayCloseClient(GroupStory.this, node);
      anger.mayThrow();
    }
  }

  /** A short list has no room for all who failed; but no member that lives is told to have left. */
  private boolean mayBeForgotten(Member member) {
    return world.scenario.has(Scenario.Hazard.SMALL_BOUNDS)
        && living().noneMatch(membership -> membership.member().equals(member));
  }

  private Stream<Membership> living() {
    return sites.stream()
        .filter(site -> !site.node.isCrashed() && !site.node.machine.isPaused())
        .flatMap(site -> site.memberships.stream())
        .filter(Membership::isHeld);
  }

  @Override
  void begin(Node node) {
    Site site = new Site(node);
    sites.add(site);
    // One of four only looks.
    if (!world.chance(4)) {
      later(node, node.terms.lease().dividedBy(4), site::join);
    }
  }

  @Override
  void look() {
    Map<String, AttributeValue> list = world.table.row(LockKey.of("g/members"));
    AttributeValue data = list == null ? null : list.get("data");
    int most = world.scenario.bounds().of(Bound.GROUP_LIST_BYTES);
    if (data != null && data.b().asByteArrayUnsafe().length > most) {
      violated("the group's list takes more than " + most + " bytes");
    }
    Set<String> ids = new HashSet<>();
    living()
        .filter(membership -> !ids.add(membership.member().id()))
        .forEach(
            membership ->
                violatedByTheRecipe("two are " + membership.member().id() + " at a time"));
  }

  @Override
  void settled() {
    Set<Member> members = living().map(Membership::member).collect(Collectors.toSet());
    for (Site site : sites) {
      if (site.node.isOpen() && !isRight(site.group.members(), members)) {
        violated(site.node + " sees " + site.group.members() + " instead of " + members);
      }
      if (site.node.isOpen() && !isRight(site.told, members)) {
        violated(site.node + " was told of " + site.told + " instead of " + members);
      }
    }
  }

  /**
   * Whether these are the members. Where an operator has deleted the list, others may take the
   * places of members that live, and then there is no room for all.
   */
  private boolean isRight(Collection<Member> seen, Set<Member> members) {
    Set<Member> missing = new HashSet<>(members);
    missing.removeAll(seen);
    boolean hasRoom = missing.stream().anyMatch(member -> hasRoom(seen, member));
    boolean mayBeFull = world.scenario.has(Scenario.Hazard.OPERATORS);
    return members.containsAll(seen) && (missing.isEmpty() || (mayBeFull && !hasRoom));
  }

  private boolean hasRoom(Collection<Member> seen, Member more) {
    int most = world.scenario.bounds().of(Bound.GROUP_LIST_BYTES);
    return bytes(seen) + bytes(List.of(more)) + LIST_HEADER_BYTES <= most;
  }

  private static int bytes(Collection<Member> members) {
    return members.stream().mapToInt(member -> 2 + member.id().length() + Long.BYTES).sum();
  }

  @Override
  void end() {
    for (Site site : sites) {
      if (site.node.isOpen()) {
        site.memberships.stream().map(Membership::member).forEach(leavers::add);
        site.node.machine.run(
            () ->
                calls(UserCall.soonAfter(Duration.ZERO, site.node, "close of its group"))
                    .until(site.group.closeAsync()));
      }
    }
  }
}
