package io.github.batonlock.recipe;

import io.github.batonlock.LockClient;
import io.github.batonlock.LockKey;
import io.github.batonlock.LockWatch;
import io.github.batonlock.LockWatch.Liveness;
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
 * Who looks at whom: everybody at the next member behind him in the order of ids, round about, and
 * at more of them while the next is overdue.
 */
@ConfinedTo(ConfinedTo.SERIAL)
final class Ring {
  /** How many more are looked at with each interval in which one is overdue. */
  private static final int GROWTH = 4;

  private final LockClient client;
  private final RecipeSupport support;
  private final Executor executor;
  private final Function<Member, String> keyOf;
  private final Consumer<Member> failed;

  /** Where an observer stands that is no member. */
  private final String place;

  private final Map<Member, Look> looks = new HashMap<>();
  private MemberList list = MemberList.EMPTY;
  private Set<Member> own = Set.of();
  private int width = 1;
  private EventLoop.@Nullable Timer growth;
  private boolean stopped;

  Ring(
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

  /** A look at one member. */
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

  /** Looks at whom this list says. */
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
        // Whoever leaves takes itself out of the list before it goes: that may be seen later.
        EventLoop.Timer unused =
            support.after(support.heartbeatInterval(), executor, () -> isStillFree(look));
      }
      case UNKNOWN, ALIVE, SUSPECT -> {}
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

  /** Whether a member is looked at, and was dead, or its lock free, at the last look. */
  boolean saysFailed(Member member) {
    Look look = looks.get(member);
    return look != null && (look.liveness == Liveness.DEAD || look.liveness == Liveness.FREE);
  }

  /** One is overdue: if it is dead, those behind it may be, too. */
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
