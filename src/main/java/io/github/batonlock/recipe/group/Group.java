package io.github.batonlock.recipe.group;

import io.github.batonlock.HeldLock;
import io.github.batonlock.Liveness;
import io.github.batonlock.LockClient;
import io.github.batonlock.LockException;
import io.github.batonlock.LockInfo;
import io.github.batonlock.LockKey;
import io.github.batonlock.LockRequest;
import io.github.batonlock.LockStoreException;
import io.github.batonlock.LockWatch;
import io.github.batonlock.internal.client.Acquiring;
import io.github.batonlock.internal.client.RecipeSupport;
import io.github.batonlock.internal.runtime.ConfinedTo;
import io.github.batonlock.internal.runtime.EventLoop;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.Executor;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import software.amazon.awssdk.core.SdkBytes;

/**
 * A group of members: members join and leave, and the other members notice a member that has
 * failed.
 *
 * <p><b>The member list is late.</b> Two observers may see two different lists at one moment, for
 * up to a heartbeat interval, or longer if one of them is cut off. A member that died is listed for
 * up to two leases. Work that two members must not do at the same time needs a lock of its own, or
 * the member's {@link Member#term() term} as a fencing token.
 *
 * <p><b>How it works, and what it costs.</b> A member holds the lock {@code <name>/member/<id>}.
 * The list is the data of lock {@code <name>/members}. A client acquires that lock for a moment to
 * change the list: three writes for each member that joins or leaves, five for a member that fails.
 * In each heartbeat interval a member does three things. It renews its own lock (one write, none
 * with a shared lease). It reads the list (one eventually consistent read, which grows with the
 * list: 4 KB for about a hundred members). It observes the next member behind it in the order of
 * ids (one read; two if that member has a shared lease). An observer or member that finds the next
 * member dead acquires the dead member's lock, and then removes the dead member from the list. An
 * observer that is not a member also observes one member. While the next member is overdue, the
 * members behind it are observed too, four times as many with each interval. Therefore several
 * members that died together are not found one after the other.
 *
 * <pre>{@code
 * try (Group group = Group.builder(client, "indexers")
 *         .onChange(change -> reshare(change.members())).open();
 *     Membership self = group.join("indexer-3", SdkBytes.fromUtf8String("10.0.0.3:7070"))) {
 *   self.onRevoked(revocation -> stopWork());
 *   work();
 * }
 * }</pre>
 *
 * <p>Ids of members are unique: a caller that joins with the id of a living member waits for that
 * member, and replaces a dead one. The list is stored in one item, so a group has at most some
 * thousand members: 390 KB hold {@code 399,360 / (10 + the length of an id)} of them. A join fails
 * if the list has no room. Safe for use by many threads.
 */
@ConfinedTo(ConfinedTo.SERIAL)
public final class Group implements AutoCloseable {
  private static final Logger log = LoggerFactory.getLogger(Group.class);

  private final LockClient client;
  private final String name;
  private final RecipeSupport support;
  private final Executor executor;
  private final Executor callbacks;
  private final Consumer<? super GroupChange> listener;
  private final MemberListUpdater updater;
  private final SuccessorMonitor successors;

  // Used on the executor only:
  private final Map<Member, Membership> memberships = new HashMap<>();
  private final Set<Joining> joinings = new LinkedHashSet<>();
  private final Set<Member> repairing = new HashSet<>();
  private VersionedMemberList seen = VersionedMemberList.NONE;
  private @Nullable LockWatch listWatch;
  private boolean unreadable;
  private boolean isAsking;

  private volatile MemberList listed = MemberList.EMPTY;
  private volatile boolean closed;

  private Group(LockClient client, String name, Consumer<? super GroupChange> listener) {
    this.client = client;
    this.name = name;
    this.listener = listener;
    this.support = RecipeSupport.of(client);
    support.check(LockRequest.of(name + "/members"));
    this.executor = support.serial();
    this.callbacks = support.serial();
    this.updater =
        new MemberListUpdater(client, support.bounds(), toString(), name + "/members", executor);
    this.successors =
        new SuccessorMonitor(client, support, executor, this::memberKey, this::hasFailed);
  }

  /**
   * Returns a builder of a group, to observe it or to join it.
   *
   * @param client reads the table and acquires locks; closing it ends the group
   * @param name the name of the group, and the beginning of the keys of its locks
   * @return a builder, for one thread
   */
  public static Builder builder(LockClient client, String name) {
    return new Builder(client, name);
  }

  private void start() {
    if (closed) {
      return;
    }
    try {
      listWatch =
          client.watch(
              LockKey.of(name + "/members"), state -> executor.execute(() -> sawItem(state)));
    } catch (IllegalStateException e) {
      // The client is closed, and has ended all its watches.
    }
  }

  /**
   * Joins the group as a member. Waits for the lock of the id, and then for the list, each time for
   * two of the client's leases at most.
   *
   * @param memberId the id of the member: 1 to 255 characters, unique among the living members
   * @param data the data that other members and observers may need, an address for example; they
   *     read it with {@link #data}
   * @return the membership
   * @throws io.github.batonlock.LockNotAcquiredException if another living member has that id, or
   *     the client is closed meanwhile
   * @throws io.github.batonlock.LockStoreException if the table cannot be used, or, of kind {@code
   *     INVALID_REQUEST}, if the group's list has no room for the member
   * @throws io.github.batonlock.LockRevokedException if the member's lock was lost on the way
   * @throws IllegalArgumentException if the id or the data is out of range
   * @throws IllegalStateException if the group or its client is closed
   * @throws InterruptedException if interrupted while waiting; a member that has joined by then
   *     leaves again
   */
  public Membership join(String memberId, SdkBytes data) throws InterruptedException {
    CompletableFuture<Membership> joined = joinAsync(memberId, data);
    try {
      return support.await(joined);
    } catch (InterruptedException e) {
      if (!joined.cancel(false)) {
        CompletableFuture<Void> unused = joined.thenCompose(Membership::closeAsync);
      }
      throw e;
    }
  }

  /**
   * Joins the group without blocking. If the caller completes the future, by cancelling it or by a
   * timeout, the join is given up; a member that has joined meanwhile leaves again.
   *
   * @param memberId the id of the member: 1 to 255 characters, unique among the living members
   * @param data the data that other members and observers may need; they read it with {@link #data}
   * @return the membership, once the member is in the list; or one of the exceptions of {@link
   *     #join}
   * @throws IllegalArgumentException if the id or the data is out of range
   */
  public CompletableFuture<Membership> joinAsync(String memberId, SdkBytes data) {
    Member checked = new Member(memberId, 0);
    LockRequest request = LockRequest.builder().key(memberKey(checked)).data(data).build();
    support.check(request);
    LockStoreException full = updater.refusal(listed, memberId);
    if (full != null) {
      return CompletableFuture.failedFuture(full);
    }
    Joining joining = new Joining(support, executor, new Entrance(), memberId);
    executor.execute(() -> begin(joining, request));
    return joining.result();
  }

  private void begin(Joining joining, LockRequest request) {
    joinings.add(joining);
    CompletableFuture<Void> unused =
        joining.over().whenComplete((nothing, failure) -> joinings.remove(joining));
    joining.begin(client, request);
  }

  private final class Entrance implements Joining.Entrance {
    @Override
    public @Nullable RuntimeException refusal() {
      return closed ? new IllegalStateException(Group.this + " is closed; open another one") : null;
    }

    @Override
    public CompletableFuture<VersionedMemberList> enlist(Member member) {
      return Group.this.enlist(member);
    }

    @Override
    public CompletableFuture<Void> leave(Member member, HeldLock lock) {
      memberships.remove(member);
      return Group.this.leave(member, lock);
    }

    @Override
    public Membership entered(Member member, HeldLock lock, VersionedMemberList list) {
      Membership membership = new Membership(Group.this, member, lock);
      memberships.put(member, membership);
      HeldLock unused = lock.onRevoked(loss -> executor.execute(() -> hasEnded(membership)));
      sawList(list);
      return membership;
    }
  }

  /**
   * Adds a member to the list. If the list has a member with the same id and a higher term, the
   * table decides: terms start anew when an item is deleted, perhaps lower, by a clock that is
   * behind.
   */
  private CompletableFuture<VersionedMemberList> enlist(Member member) {
    return updater
        .apply(list -> list.with(member))
        .thenComposeAsync(
            list -> {
              Member other = list.list().find(member.id());
              return other == null || other.equals(member)
                  ? CompletableFuture.completedFuture(list)
                  : holdsItsLock(member)
                      .thenComposeAsync(
                          holds ->
                              holds
                                  ? updater.apply(now -> now.with(member, other))
                                  : CompletableFuture.completedFuture(list),
                          executor);
            },
            executor);
  }

  /** Asks the table whether a member's lock is held in its term. */
  private CompletableFuture<Boolean> holdsItsLock(Member member) {
    return client
        .inspectAsync(LockKey.of(memberKey(member)))
        .thenApply(
            item ->
                item.filter(info -> info.liveness() != Liveness.FREE)
                    .filter(info -> isInTerm(info, member))
                    .isPresent());
  }

  private static boolean isInTerm(LockInfo info, Member member) {
    return info.fencingToken().orElse(Long.MIN_VALUE) == member.term();
  }

  private void hasEnded(Membership membership) {
    memberships.remove(membership.member());
    look();
  }

  CompletableFuture<Void> leave(Membership membership) {
    CompletableFuture<Void> left = new CompletableFuture<>();
    executor.execute(
        () -> {
          hasEnded(membership);
          CompletableFuture<?> unused =
              leave(membership.member(), membership.lock())
                  .whenComplete((nothing, never) -> tell(left));
        });
    return left;
  }

  /** Removes a member from the list, and then releases its lock. On the executor; never fails. */
  private CompletableFuture<Void> leave(Member member, HeldLock lock) {
    return Acquiring.under(
            lock,
            () ->
                untilCloseTimeout(
                    updater
                        .apply(list -> list.without(member))
                        .thenAcceptAsync(this::sawList, executor)))
        .exceptionally(failure -> null);
  }

  /**
   * Waits for a change no longer than closing the client waits. The change goes on; if it fails,
   * other members find the free lock.
   */
  private CompletableFuture<Void> untilCloseTimeout(CompletableFuture<Void> change) {
    CompletableFuture<Void> ended = new CompletableFuture<>();
    EventLoop.Timer limit =
        support.after(support.closeTimeout(), executor, () -> ended.complete(null));
    CompletableFuture<Void> unused =
        change.whenComplete(
            (nothing, failure) -> {
              limit.cancel();
              ended.complete(null);
            });
    return ended;
  }

  /** Completes the user's future on a callback thread, so that the user's code delays nothing. */
  private void tell(CompletableFuture<Void> future) {
    support.callbacks().execute(() -> future.complete(null));
  }

  /**
   * Returns the members as this observer saw them last, at once and without a request.
   *
   * @return all members, by id; empty before the first read
   */
  public List<Member> members() {
    return listed.members();
  }

  /**
   * Returns the data that a member gave when it joined. Costs one strongly consistent read.
   *
   * @param member the member
   * @return empty if it is no longer a member
   * @throws io.github.batonlock.LockStoreException if the table cannot be used
   */
  public Optional<SdkBytes> data(Member member) {
    return client
        .inspect(memberKey(member))
        .filter(info -> info.liveness() != Liveness.FREE)
        .filter(info -> isInTerm(info, member))
        .flatMap(LockInfo::data);
  }

  // Observation

  private void sawItem(LockWatch.State state) {
    warnOf(state.problem().orElse(null));
    boolean isUnread = state.liveness() == Liveness.UNKNOWN && state.lock().isEmpty();
    if (isUnread || closed) {
      return;
    }
    VersionedMemberList list = decoded(state.lock());
    if (list != null && list.isOlderThan(seen)) {
      askWhetherSetBack();
    } else if (list != null) {
      sawList(list);
    }
  }

  /**
   * The list in an item, older than all others where there is none; null if its data are no list.
   */
  private @Nullable VersionedMemberList decoded(Optional<LockInfo> item) {
    if (item.isEmpty()) {
      return VersionedMemberList.NONE;
    }
    try {
      MemberList list = item.get().data().map(MemberList::decode).orElse(MemberList.EMPTY);
      return new VersionedMemberList(item.get().fencingToken().orElse(0), list);
    } catch (IllegalArgumentException e) {
      log.warn("{}: the data of lock '{}/members' cannot be read: {}", this, name, e.getMessage());
      return null;
    }
  }

  /** Logs the first of several failures to read the list: no caller is told of it. */
  private void warnOf(@Nullable LockException problem) {
    if (problem != null && !unreadable && !closed) {
      log.warn(
          "{} cannot read its list, so its members may be out of date: {}",
          this,
          problem.getMessage());
    }
    unreadable = problem != null;
  }

  /**
   * An older list, or none, is an old answer, or an operator has put an old item back or deleted
   * it. A strongly consistent read tells, if this observer has seen no newer list meanwhile.
   */
  private void askWhetherSetBack() {
    if (isAsking || closed) {
      return;
    }
    isAsking = true;
    VersionedMemberList before = seen;
    CompletableFuture<?> unused =
        client
            .inspectAsync(LockKey.of(name + "/members"))
            .whenCompleteAsync(
                (item, failure) -> {
                  isAsking = false;
                  if (failure != null) {
                    askAgainLater();
                  } else if (seen.equals(before)) {
                    sawCurrentList(decoded(item));
                  }
                },
                executor);
  }

  private void askAgainLater() {
    EventLoop.Timer unused =
        support.after(support.heartbeatInterval(), executor, this::askWhetherSetBack);
  }

  private void sawCurrentList(@Nullable VersionedMemberList list) {
    if (closed || list == null) {
      return;
    }
    if (list.equals(VersionedMemberList.NONE)) {
      // The item was deleted: no member has left, and living members add themselves to a new list.
      // Where no member lives, each observer finds that by the locks of the members.
      seen = list;
      repair();
      look();
    } else {
      follow(list);
    }
  }

  private void sawList(VersionedMemberList list) {
    if (!closed && !list.isOlderThan(seen)) {
      follow(list);
    }
  }

  private void follow(VersionedMemberList list) {
    seen = list;
    show(list.list());
    repair();
    look();
  }

  /** Replaces what {@link #members} returns, and tells the listener of the difference. */
  private void show(MemberList list) {
    GroupChange change = list.since(listed);
    listed = list;
    if (!change.isEmpty()) {
      callbacks.execute(() -> listener.accept(change));
    }
  }

  /** The list of the table; the last one seen if the table has none. */
  private MemberList known() {
    return isListDeleted() ? listed : seen.list();
  }

  private boolean isListDeleted() {
    return seen.equals(VersionedMemberList.NONE);
  }

  /**
   * Adds living members that joined through this group to the list again if they are missing in it.
   */
  private void repair() {
    for (Member member : memberships.keySet()) {
      if (!seen.list().contains(member)
          && updater.refusal(seen.list(), member.id()) == null
          && repairing.add(member)) {
        CompletableFuture<?> unused =
            enlist(member).whenCompleteAsync((list, failure) -> repaired(member, list), executor);
      }
    }
  }

  /** A member that is still missing is added again an interval later, if its lock is still held. */
  private void repaired(Member member, @Nullable VersionedMemberList list) {
    if (list == null || list.list().contains(member)) {
      repairing.remove(member);
    } else {
      EventLoop.Timer unused =
          support.after(
              support.heartbeatInterval(),
              executor,
              () -> {
                repairing.remove(member);
                if (!closed) {
                  repair();
                }
              });
    }
    if (list != null) {
      sawList(list);
    }
  }

  private void look() {
    if (!closed) {
      successors.look(known(), memberships.keySet());
    }
  }

  /**
   * Removes a member that has been silent for a lease, or that has a free lock. The member's lock
   * is acquired before the list changes, for two reasons. A member that was suspended and goes on
   * would still find the lock in its own name. And the answer that the lock is free may have been
   * an old one.
   */
  private void hasFailed(Member member) {
    if (closed || !known().contains(member)) {
      return;
    }
    CompletableFuture<?> unused =
        takeLock(member)
            .thenComposeAsync(lock -> Acquiring.under(lock, () -> remove(member)), executor)
            .handleAsync(
                (nothing, failure) -> {
                  // If the member lives after all, its lock shows that by then.
                  again(member);
                  return null;
                },
                executor);
  }

  /** Removes a failed member, whose lock this group has. On the executor. */
  private CompletableFuture<Void> remove(Member member) {
    if (isListDeleted()) {
      show(listed.withoutFailed(member));
      look();
      return CompletableFuture.completedFuture(null);
    }
    return updater
        .apply(list -> list.withoutFailed(member))
        .thenAcceptAsync(this::sawList, executor);
  }

  private CompletableFuture<HeldLock> takeLock(Member member) {
    return Acquiring.of(
        client, LockRequest.builder().key(memberKey(member)).waitUpTo(Duration.ZERO).build());
  }

  /** Repeats the removal while the member is listed and its lock shows it dead or free. */
  private void again(Member member) {
    EventLoop.Timer unused =
        support.after(
            support.heartbeatInterval(),
            executor,
            () -> {
              if (successors.saysFailed(member)) {
                hasFailed(member);
              }
            });
  }

  private String memberKey(Member member) {
    return name + "/member/" + member.id();
  }

  RecipeSupport support() {
    return support;
  }

  /**
   * Stops the observation, and leaves with all members that have joined through this group, as
   * {@link Membership#close} does. A join that is under way fails. The method waits for that; an
   * interrupt does not shorten it, and the interrupt status is kept. A second call does nothing.
   */
  @Override
  public void close() {
    Void unused = support.awaitUninterruptibly(closeAsync());
  }

  /**
   * Closes the group like {@link #close}, without blocking.
   *
   * @return completes when all members have left; never fails
   */
  public CompletableFuture<Void> closeAsync() {
    CompletableFuture<Void> done = new CompletableFuture<>();
    executor.execute(
        () -> {
          List<CompletableFuture<Void>> leaving = new ArrayList<>();
          List.copyOf(memberships.values()).forEach(member -> leaving.add(leave(member)));
          joinings.forEach(joining -> leaving.add(joining.over()));
          stop();
          CompletableFuture<?> unused =
              CompletableFuture.allOf(leaving.toArray(CompletableFuture[]::new))
                  .whenComplete((nothing, failure) -> tell(done));
        });
    return done;
  }

  private void stop() {
    if (!closed) {
      closed = true;
      successors.stop();
      joinings.forEach(Joining::stopWaiting);
      if (listWatch != null) {
        listWatch.close();
      }
    }
  }

  @Override
  public String toString() {
    return "Group(" + name + ")";
  }

  /** Builds a {@link Group}; not safe for use by several threads. */
  public static final class Builder {
    private final LockClient client;
    private final String name;
    private Consumer<? super GroupChange> onChange = change -> {};

    private Builder(LockClient client, String name) {
      this.client = Objects.requireNonNull(client, "client");
      this.name = Objects.requireNonNull(name, "name");
    }

    /**
     * Sets the callback that receives each change, the first members included, one at a time, on
     * the client's callback executor; a callback that blocks delays only the next change. Default:
     * none.
     *
     * @param callback takes what changed
     * @return this
     */
    public Builder onChange(Consumer<? super GroupChange> callback) {
      this.onChange = Objects.requireNonNull(callback, "callback");
      return this;
    }

    /**
     * Opens the group: the observation begins.
     *
     * @return the group; close it to stop the observation
     * @throws IllegalArgumentException if the name is too long, or the client's table has a sort
     *     key
     */
    public Group open() {
      Group group = new Group(client, name, onChange);
      group.executor.execute(group::start);
      return group;
    }
  }
}
