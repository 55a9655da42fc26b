package io.github.batonlock.recipe.group;

import io.github.batonlock.Liveness;
import io.github.batonlock.LockClient;
import io.github.batonlock.LockKey;
import io.github.batonlock.LockWatch;
import io.github.batonlock.internal.client.RecipeSupport;
import io.github.batonlock.internal.runtime.ConfinedTo;
import io.github.batonlock.internal.runtime.EventLoop;
import java.util.HashMap;
import java.util.HashSet;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.Executor;
import java.util.function.Consumer;
import java.util.function.Function;
import org.jspecify.annotations.Nullable;

/**
 * The ring of members that observe each other: each observes the next member behind it in the order
 * of ids, where the first id follows the last, and more members while the next one is overdue.
 */
@ConfinedTo(ConfinedTo.SERIAL)
final class SuccessorMonitor {
  /**
   * The growth factor of the number of observed members, for each interval with an overdue member.
   */
  private static final int GROWTH = 4;

  private final LockClient client;
  private final RecipeSupport support;
  private final Executor executor;
  private final Function<Member, String> keyOf;
  private final Consumer<Member> failed;

  /** The place in the ring of an observer that is not a member. */
  private final String place;

  private final Map<Member, Look> looks = new HashMap<>();
  private MemberList list = MemberList.EMPTY;
  private Set<Member> own = Set.of();
  private int width = 1;
  private EventLoop.@Nullable Timer growth;
  private boolean stopped;

  SuccessorMonitor(
      LockClient client,
      RecipeSupport support,
      Executor executor,
      Function<Member, String> keyOf,
      Consumer<Member> failed) {
    this.client = client;
    this.support = support;
    this.executor = executor;
    this.keyOf = keyOf;
    this.failed = failed;
    this.place = client.ownerName();
  }

  /** An observation of one member. */
  private final class Look {
    final Member member;
    final LockWatch watch;
    Liveness liveness = Liveness.UNKNOWN;

    Look(Member member) {
      this.member = member;
      this.watch =
          client.watch(
              LockKey.of(keyOf.apply(member)), state -> executor.execute(() -> saw(this, state)));
    }

    boolean isOverdue() {
      return liveness == Liveness.SUSPECT || liveness == Liveness.DEAD;
    }
  }

  /** Observes the members that the list makes it observe. */
  void look(MemberList now, Set<Member> ownMembers) {
    list = now;
    own = Set.copyOf(ownMembers);
    if (!stopped) {
      turn();
    }
  }

  private void turn() {
    Set<Member> wanted = new HashSet<>();
    if (own.isEmpty()) {
      wanted.addAll(list.behind(place, width));
    }
    own.forEach(member -> wanted.addAll(list.behind(member.id(), width)));
    wanted.removeAll(own);
    looks
        .values()
        .removeIf(
            look -> {
              boolean over = !wanted.contains(look.member);
              if (over) {
                look.watch.close();
              }
              return over;
            });
    try {
      wanted.forEach(member -> looks.computeIfAbsent(member, Look::new));
    } catch (IllegalStateException e) {
      // The client is closed, and has ended all its watches.
      stop();
    }
  }

  private void saw(Look look, LockWatch.State state) {
    if (!isCurrent(look)) {
      return;
    }
    look.liveness = state.liveness();
    switch (state.liveness()) {
      case DEAD -> failed.accept(look.member);
      case FREE -> {
        // A member that leaves first removes itself from the list, which may be seen later.
        EventLoop.Timer unused =
            support.after(support.heartbeatInterval(), executor, () -> isStillFree(look));
      }
      case UNKNOWN, CLOSED, ALIVE, SUSPECT -> {}
    }
    if (look.isOverdue() && growth == null) {
      grow();
    }
  }

  private void isStillFree(Look look) {
    if (isCurrent(look) && look.liveness == Liveness.FREE) {
      failed.accept(look.member);
    }
  }

  private boolean isCurrent(Look look) {
    return !stopped && looks.get(look.member) == look;
  }

  /** Returns whether a member is observed, and was dead or had a free lock at the last read. */
  boolean saysFailed(Member member) {
    Look look = looks.get(member);
    return look != null && (look.liveness == Liveness.DEAD || look.liveness == Liveness.FREE);
  }

  /**
   * Observes more members, because one is overdue: if it is dead, the members behind it may be
   * dead, too.
   */
  private void grow() {
    width = Math.min(width * GROWTH, Math.max(1, list.members().size()));
    turn();
    growth =
        support.after(
            support.heartbeatInterval(),
            executor,
            () -> {
              growth = null;
              if (stopped) {
                return;
              }
              if (looks.values().stream().anyMatch(Look::isOverdue)) {
                grow();
              } else {
                width = 1;
                turn();
              }
            });
  }

  void stop() {
    stopped = true;
    looks.values().forEach(look -> look.watch.close());
    looks.clear();
    if (growth != null) {
      growth.cancel();
    }
  }
}
