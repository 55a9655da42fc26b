package io.github.batonlock.recipe;

import io.github.batonlock.HeldLock;
import io.github.batonlock.LockClient;
import io.github.batonlock.LockInfo;
import io.github.batonlock.LockKey;
import io.github.batonlock.LockRequest;
import io.github.batonlock.LockStoreException;
import io.github.batonlock.LockWatch;
import io.github.batonlock.internal.client.RecipeSupport;
import io.github.batonlock.internal.runtime.ConfinedTo;
import io.github.batonlock.internal.runtime.EventLoop;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashMap;
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
 * Who takes part: members that join and leave, and that others notice to have failed.
 *
 * <p><b>It is a list, and late.</b> Two observers may see two lists at one moment, for up to a
 * heartbeat interval, or longer if one of them is cut off. A member that died is listed for up to
 * two leases. What must not be done by two at a time needs a lock of its own, or the member's
 * {@link Member#term() term} as a fencing token.
 *
 * <p><b>How it works, and what it costs.</b> A member holds the lock {@code <name>/member/<id>}.
 * The list is the data of lock {@code <name>/members}, which is taken for a moment to change it:
 * three writes for each who joins or leaves, five for one who fails. In each heartbeat interval a
 * member renews its own lock (one write, none with a shared lease), reads the list (one eventually
 * consistent read, which grows with the list: 4 KB a hundred members or so), and looks at the next
 * member behind it in the order of ids (one read; two where that has a shared lease). Whoever finds
 * the next one dead takes its lock, and then it out of the list. An observer that is no member
 * looks at one member as well. While the next one is overdue, those behind it are looked at, too,
 * four times as many with each interval, so that several who died together are not found one after
 * the other.
 *
 * <pre>{@code
 * try (Group group = Group.open(client, "indexers", change -> reshare(change.members()));
 *     Membership self = group.join("indexer-3", SdkBytes.fromUtf8String("10.0.0.3:7070"))) {
 *   self.onLost(revocation -> stopWork());
 *   work();
 * }
 * }</pre>
 *
 * <p>Ids of members are unique: who joins with the id of a living member waits for it, or takes the
 * place of a dead one. The list lives in one item, so that a group has some thousand members at
 * most: 390 KB hold {@code 399,360 / (10 + the length of an id)} of them. A join for which there is
 * no room fails. Safe for use by many threads.
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
  private final ListChanges changes;
  private final Ring ring;

  // On the executor:
  private final Map<Member, Membership> memberships = new HashMap<>();
  private final Set<Joining> joinings = new LinkedHashSet<>();
  private SeenList seen = new SeenList(Long.MIN_VALUE, MemberList.EMPTY);
  private @Nullable LockWatch listWatch;

  private volatile MemberList listed = MemberList.EMPTY;
  private volatile boolean closed;

  private Group(LockClient client, String name, Consumer<? super GroupChange> listener) {
    this.client = Objects.requireNonNull(client, "client");
    this.name = Objects.requireNonNull(name, "name");
    this.listener = Objects.requireNonNull(listener, "listener");
    this.support = RecipeSupport.of(client);
    support.check(LockRequest.of(name + "/members"));
    this.executor = support.serial();
    this.callbacks = support.serial();
    this.changes =
        new ListChanges(client, support.bounds(), toString(), name + "/members", executor);
    this.ring = new Ring(client, support, executor, this::memberKey, this::hasFailed);
  }

  /**
   * Looks at a group, as an observer, or to join it.
   *
   * @param client reads, and takes locks; closing it ends the group
   * @param name of the group, and the beginning of the keys of its locks
   * @return the group; close it to stop looking
   * @throws IllegalArgumentException if the name is too long, or the client's table has a sort key
   */
  public static Group open(LockClient client, String name) {
    return open(client, name, change -> {});
  }

  /**
   * Looks at a group, as an observer, or to join it.
   *
   * @param client reads, and takes locks; closing it ends the group
   * @param name of the group, and the beginning of the keys of its locks
   * @param onChange told of each change, the first members included, one at a time, on the client's
   *     callback executor; one that blocks delays the next one only
   * @return the group; close it to stop looking
   * @throws IllegalArgumentException if the name is too long, or the client's table has a sort key
   */
  public static Group open(LockClient client, String name, Consumer<? super GroupChange> onChange) {
    Group group = new Group(client, name, onChange);
    group.executor.execute(group::start);
    return group;
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
   * Joins.
   *
   * @param memberId who joins: 1 to 255 characters, one of a kind among the living
   * @param data anything others should know, an address for example; they read it by {@link #data}
   * @return the membership
   * @throws io.github.batonlock.LockNotAcquiredException if another has that id and lives, or the
   *     client is closed meanwhile
   * @throws io.github.batonlock.LockStoreException if the table cannot be used, or, of kind {@code
   *     INVALID_REQUEST}, if the group's list has no room for the member
   * @throws io.github.batonlock.LockRevokedException if the member's lock was lost on the way
   * @throws IllegalArgumentException if the id or the data is out of range
   * @throws IllegalStateException if the group or its client is closed
   * @throws InterruptedException if interrupted while waiting; whoever has joined then leaves again
   */
  public Membership join(String memberId, SdkBytes data) throws InterruptedException {
    CompletableFuture<Membership> joined = joinAsync(memberId, data);
    try {
      return support.await(joined);
    } catch (InterruptedException e) {
      if (!joined.cancel(false)) {
        CompletableFuture<Void> unused = joined.thenCompose(Membership::leaveAsync);
      }
      throw e;
    }
  }

  /**
   * Joins, without blocking. Completing the future in any way, by cancelling it or by a timeout,
   * gives the attempt up; a member that has joined meanwhile leaves again.
   *
   * @param memberId who joins: 1 to 255 characters, one of a kind among the living
   * @param data anything others should know; they read it by {@link #data}
   * @return the membership, when the member stands in the list; or one of the exceptions of {@link
   *     #join}
   * @throws IllegalArgumentException if the id or the data is out of range
   */
  public CompletableFuture<Membership> joinAsync(String memberId, SdkBytes data) {
    Member checked = new Member(memberId, 0);
    LockRequest request = LockRequest.builder().key(memberKey(checked)).data(data).build();
    support.check(request);
    LockStoreException full = changes.refusal(listed, memberId);
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
    public CompletableFuture<SeenList> enlist(Member member) {
      return changes.apply(list -> list.with(member));
    }

    @Override
    public CompletableFuture<Void> leave(Member member, HeldLock lock) {
      memberships.remove(member);
      return Group.this.leave(member, lock);
    }

    @Override
    public Membership entered(Member member, HeldLock lock, SeenList list) {
      Membership membership = new Membership(Group.this, member, lock);
      memberships.put(member, membership);
      HeldLock unused = lock.onRevoked(loss -> executor.execute(() -> hasEnded(membership)));
      sawList(list);
      return membership;
    }
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

  /** Takes a member out of the list, and then releases its lock. On the executor; never fails. */
  private CompletableFuture<Void> leave(Member member, HeldLock lock) {
    return Acquiring.under(
            lock,
            () ->
                changes
                    .apply(list -> list.without(member))
                    .thenAcceptAsync(this::sawList, executor))
        .exceptionally(failure -> null);
  }

  /** What the user has made depend on it holds up nothing. */
  private void tell(CompletableFuture<Void> future) {
    support.callbacks().execute(() -> future.complete(null));
  }

  /**
   * The members as this observer saw them last; answered at once, without a request.
   *
   * @return all, by id; empty before the first look
   */
  public List<Member> members() {
    return listed.members();
  }

  /**
   * What a member told when it joined. One strongly consistent read.
   *
   * @param member who
   * @return empty if it is a member no more
   * @throws io.github.batonlock.LockStoreException if the table cannot be used
   */
  public Optional<SdkBytes> data(Member member) {
    return client
        .inspect(memberKey(member))
        .filter(info -> info.state() != LockInfo.State.FREE)
        .filter(info -> info.fencingToken().orElse(Long.MIN_VALUE) == member.term())
        .flatMap(LockInfo::data);
  }

  // Looking

  private void sawItem(LockWatch.State state) {
    if (state.liveness() == LockWatch.Liveness.UNKNOWN || closed) {
      return;
    }
    Optional<LockInfo> item = state.lock();
    if (item.isEmpty()) {
      // Somebody has deleted it: members that live write themselves in again.
      seen = new SeenList(Long.MIN_VALUE, seen.list());
      sawList(new SeenList(Long.MIN_VALUE, MemberList.EMPTY));
      return;
    }
    try {
      MemberList list = item.get().data().map(MemberList::decode).orElse(MemberList.EMPTY);
      sawList(new SeenList(item.get().fencingToken().orElse(0), list));
    } catch (IllegalArgumentException e) {
      log.warn("{}: the data of lock '{}/members' cannot be read: {}", this, name, e.getMessage());
    }
  }

  private void sawList(SeenList list) {
    if (closed || list.isOlderThan(seen)) {
      return;
    }
    GroupChange change = list.list().since(seen.list());
    seen = list;
    listed = list.list();
    if (!change.isEmpty()) {
      callbacks.execute(() -> listener.accept(change));
    }
    repair();
    look();
  }

  /** A member that lives and is not listed writes itself in again. */
  private void repair() {
    for (Member member : memberships.keySet()) {
      if (!seen.list().contains(member) && changes.refusal(seen.list(), member.id()) == null) {
        CompletableFuture<Void> unused =
            changes.apply(list -> list.with(member)).thenAcceptAsync(this::sawList, executor);
      }
    }
  }

  private void look() {
    if (!closed) {
      ring.look(seen.list(), memberships.keySet());
    }
  }

  /**
   * A member has been silent for a lease, or its lock is free. The lock is taken before anybody is
   * told: a member that was suspended, and goes on, would find it still in its name; and that the
   * lock is free was perhaps an old answer.
   */
  private void hasFailed(Member member) {
    if (closed || !seen.list().contains(member)) {
      return;
    }
    CompletableFuture<?> unused =
        takeLock(member)
            .thenComposeAsync(
                lock ->
                    Acquiring.under(
                        lock,
                        () ->
                            changes
                                .apply(list -> list.withoutFailed(member))
                                .thenAcceptAsync(this::sawList, executor)),
                executor)
            .handleAsync(
                (nothing, failure) -> {
                  // Where it lives after all, its lock shows that by then.
                  again(member);
                  return null;
                },
                executor);
  }

  private CompletableFuture<HeldLock> takeLock(Member member) {
    return Acquiring.of(
        client, LockRequest.builder().key(memberKey(member)).waitUpTo(Duration.ZERO).build());
  }

  /** As long as it is listed and its lock says so. */
  private void again(Member member) {
    EventLoop.Timer unused =
        support.after(
            support.heartbeatInterval(),
            executor,
            () -> {
              if (ring.saysFailed(member)) {
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
   * Stops looking, and leaves with all members that have joined here or are about to, whose joining
   * fails. Waits for that; an interrupt does not end it, and is kept. Does nothing the second time.
   */
  @Override
  public void close() {
    Void unused = support.awaitUninterruptibly(closeAsync());
  }

  /**
   * Closes, without blocking.
   *
   * @return done when all have left; never fails
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
      ring.stop();
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
}
