package io.github.batonlock.recipe.election;

import io.github.batonlock.HeldLock;
import io.github.batonlock.Hold;
import io.github.batonlock.LockClient;
import io.github.batonlock.LockException;
import io.github.batonlock.LockKey;
import io.github.batonlock.LockRequest;
import io.github.batonlock.LockWatch;
import io.github.batonlock.Revocation;
import io.github.batonlock.internal.client.HoldOfOneLock;
import io.github.batonlock.internal.client.RecipeSupport;
import io.github.batonlock.internal.config.Bound;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.Objects;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.function.BooleanSupplier;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;
import software.amazon.awssdk.core.SdkBytes;

/**
 * An election of one leader at a time among many candidates. The holder of the lock leads, and the
 * lock's fencing token is the number of the term.
 *
 * <p><b>What it does not guarantee.</b> A leader that is paused learns of the end of its term when
 * it runs again; its action between a check and the next instruction may come late. Call {@link
 * Term#ensureHeld} between steps, and send {@link Term#fencingToken} with every write to systems
 * that can refuse an older term. There may be no leader for a while: for about a lease after a
 * leader has died. A leader that is cut off from the table stops leading at 80 % of a lease, even
 * if it works otherwise.
 *
 * <p>Candidates campaign automatically until they are closed: at the beginning, and again after
 * each term. Every candidate and every observer knows the leader, at most a heartbeat interval
 * late.
 *
 * <pre>{@code
 * LeaderElection election =
 *     LeaderElection.builder(client, "scheduler/leader")
 *         .candidateId("node-7")
 *         .payload(SdkBytes.fromUtf8String("http://10.0.0.7:8080"))
 *         .work(
 *             term -> {
 *               while (term.isHeld()) {
 *                 Job job = jobs.take(); // an interrupt at the end of the term ends the wait
 *                 job.run(term.fencingToken());
 *               }
 *             })
 *         .campaign();
 * }</pre>
 *
 * <p>The {@linkplain Builder#work work} has a thread for the time of each term. A program that has
 * threads of its own starts and stops them in {@link Listener#elected} and {@link
 * Listener#termEnded} instead, or asks {@link #term()} before each step.
 *
 * <p><b>Cost.</b> Each candidate and each observer has one {@linkplain LockWatch watch} of the
 * lock. Each candidate that does not lead has a waiting acquisition, which is less than one read a
 * second. The leader sends one heartbeat each interval. Each election costs one write.
 *
 * <p>The lock's data belongs to the election. Safe for use by many threads. Close the election
 * before its client: a client that is closed first ends the term at once, interrupts the work, and
 * frees the lock without waiting for the work or for {@link Listener#termEnded}.
 */
public final class LeaderElection implements AutoCloseable {
  private final Candidate candidate;

  private LeaderElection(Candidate candidate) {
    this.candidate = candidate;
  }

  /**
   * Returns a builder of a candidate or an observer.
   *
   * @param client made by {@link LockClient#builder}
   * @param key the lock's partition key
   * @return a builder, for one thread
   */
  public static Builder builder(LockClient client, String key) {
    return builder(client, LockKey.of(key));
  }

  /**
   * Returns a builder of a candidate or an observer.
   *
   * @param client made by {@link LockClient#builder}
   * @param key the lock
   * @return a builder, for one thread
   */
  public static Builder builder(LockClient client, LockKey key) {
    return new Builder(client, key);
  }

  /**
   * Returns the id of this candidate, which differs from the ids of the other candidates.
   *
   * @return the id
   */
  public String candidateId() {
    return candidate.options().candidateId();
  }

  /**
   * Returns whether this candidate leads now, by the clocks of this machine; answers at once.
   *
   * @return false from the moment when a term begins to end, and after the lease, even if no
   *     listener has learned of that yet
   */
  public boolean isLeader() {
    return candidate.term().isPresent();
  }

  /**
   * Returns the term in which this candidate leads.
   *
   * @return empty when {@link #isLeader} is false
   */
  public Optional<Term> term() {
    return candidate.term();
  }

  /**
   * Returns the leader, as far as this client knows; answers at once.
   *
   * @return empty if there is no leader, the last leader was found dead, or the leader is not known
   *     yet
   */
  public Optional<Leader> leader() {
    return candidate.leader();
  }

  /**
   * Gives up the leadership. {@link #isLeader} is false at once. Then the work is interrupted, and
   * {@link Listener#termEnded} is called. The lock is released when both have returned, or after
   * {@link Builder#stopTimeout}. Then this candidate stands back for {@link Builder#standBack}, and
   * campaigns again. The method does nothing if this candidate does not lead.
   *
   * @return completes when the lock is released; never fails
   */
  public CompletableFuture<Void> resign() {
    return candidate.resign();
  }

  /**
   * Resigns in favour of another candidate.
   *
   * <p>The leader writes the name into the lock, and leads on until the named candidate has seen it
   * and says so: about a second, and two seconds if it does not say so. Then the term ends as with
   * {@link #resign}. The named candidate reads the lock every 25 ms meanwhile, so it leads some
   * milliseconds after the work of this leader has stopped.
   *
   * <p>Any other candidate that acquires the lock first gives it back, and stands back, each for
   * {@link Builder#standBack}; after that, any candidate may lead. So a hand-over to a candidate
   * that does not exist costs that time without a leader, and nothing else. Each candidate that
   * comes before the named one costs two or three writes, and one number of a term. If the name
   * cannot be written, the hand-over is a plain resignation.
   *
   * <p>A hand-over costs the leader two to five writes, and the named candidate one read and one
   * write, and about 40 reads in the first second of its wait, 28 more whenever that time doubles.
   *
   * <p>A call of {@link #resign}, or work that returns, ends the term at once, and completes the
   * hand-over. A candidate of higher {@linkplain Builder#rank rank} than the named one claims the
   * leadership afterwards.
   *
   * @param nextCandidateId the candidate that is to lead next
   * @return completes when the lock is released; never fails
   */
  public CompletableFuture<Void> handOverTo(String nextCandidateId) {
    return candidate.handOverTo(Builder.checkId(Objects.requireNonNull(nextCandidateId)));
  }

  /**
   * Ends the candidacy. A leader resigns first. The method waits until the lock is released, at
   * most for {@link Builder#stopTimeout} and the time of a release. A call inside a callback or
   * inside the work does not wait. A second call does nothing.
   */
  @Override
  public void close() {
    candidate.await(closeAsync());
  }

  /**
   * Ends the candidacy like {@link #close}, without waiting.
   *
   * @return completes when the lock is released; never fails
   */
  public CompletableFuture<Void> closeAsync() {
    return candidate.close();
  }

  @Override
  public String toString() {
    return "LeaderElection(" + candidate.options().key() + ", " + candidateId() + ")";
  }

  /** Why a term ended. */
  public enum Reason {
    /**
     * The leader called {@link LeaderElection#resign}, or closed the {@link Term}, or its work has
     * returned.
     */
    RESIGNED,
    /** The leader called {@link LeaderElection#handOverTo}. */
    HANDED_OVER,
    /** A waiting candidate of higher {@linkplain Builder#rank rank} has claimed the leadership. */
    YIELDED,
    /** {@link Builder#healthGate} answered no, or gave no answer for a lease. */
    UNHEALTHY,
    /** {@link Listener#elected} or the work threw an exception or an error. */
    FAILED,
    /** The lease ran out, or another client or an operator took, released or deleted the lock. */
    LOST,
    /** The election or its client was closed. */
    CLOSED
  }

  /**
   * What a leader does, for the time of each of its terms.
   *
   * <p>The work is done on a daemon thread of its own, {@code baton-term-<key>}, which exists for
   * one term. One candidate does one work at a time: it does not campaign before {@link #lead} has
   * returned.
   */
  @FunctionalInterface
  public interface Work {
    /**
     * Leads, until the term ends. Called after {@link Listener#elected} has returned, unless the
     * term is over by then.
     *
     * <p>When the term begins to end, for whatever reason, {@link Term#isHeld} is false and the
     * thread is interrupted once. The lock is released, and other candidates may lead, when this
     * method and {@link Listener#termEnded} have returned, or after {@link Builder#stopTimeout}. A
     * term that is lost does not wait: other candidates may lead already.
     *
     * <p>If this method returns while the term goes on, the leader resigns: it stands back, and
     * campaigns again. If it throws an exception while the term goes on, the term ends with {@link
     * Reason#FAILED}, {@link Listener#workFailed} tells the exception, and the candidate stands
     * back, and campaigns again. Whatever it returns or throws after the term has ended is told to
     * no one: an {@link InterruptedException} may leave this method.
     *
     * <p>An error also ends the term with {@link Reason#FAILED}. It goes to the thread's uncaught
     * exception handler instead of the listener.
     *
     * <p>{@link Term#close} and {@link LeaderElection#close} do not wait if they are called inside
     * this method.
     *
     * @param term the term
     * @throws Exception if the work cannot go on
     */
    void lead(Term term) throws Exception;
  }

  /**
   * A listener that learns what happens to an election. An exception that it throws is logged.
   *
   * <p>{@link #elected} and {@link #termEnded} alternate: each is called after the previous one has
   * returned. {@link #workFailed} is called in turn with them. The other two methods are called in
   * their own order, on another thread.
   */
  public interface Listener {
    /**
     * Called when this candidate has become the leader. Return soon: {@link Builder#work} begins,
     * and {@link #termEnded} is called, only after this method has returned. Work that is not given
     * to the builder is started here, on another thread. If this method throws, the term ends.
     *
     * @param term the term
     */
    default void elected(Term term) {}

    /**
     * Called when the last announced term has ended. Stop what {@link #elected} has started, then
     * return. The call does not wait for {@link Builder#work}, which has been interrupted. Other
     * candidates may lead when this method and the work have returned, or when the lease ran out.
     * This candidate does not campaign before both have returned.
     *
     * @param term the term
     * @param reason why the term ended
     */
    default void termEnded(Term term, Reason reason) {}

    /**
     * Called when {@link Builder#work} has thrown an exception while its term went on. The term has
     * ended; {@link #termEnded} is called next, with {@link Reason#FAILED}.
     *
     * @param term the term
     * @param failure what the work threw
     */
    default void workFailed(Term term, Exception failure) {}

    /**
     * Called when another candidate leads than before, another term has begun, or there is no
     * leader any more. The first call comes when the leader, or its absence, is known for the first
     * time.
     *
     * @param leader the leader; empty if there is none
     */
    default void leaderChanged(Optional<Leader> leader) {}

    /**
     * Called when the table cannot be read or written. The election tries again, at growing
     * intervals. The method is called once until the table works again.
     *
     * @param failure the first failure
     */
    default void troubled(LockException failure) {}
  }

  /**
   * A leader, as other candidates and observers see it.
   *
   * @param candidateId the candidate
   * @param term the number of its term; grows from leader to leader
   * @param payload the payload that the candidate was built with
   */
  public record Leader(String candidateId, long term, SdkBytes payload) {}

  /**
   * One candidate's time as leader, from its election until it ends. Its {@link #fencingToken()} is
   * the number of the term: greater than that of each earlier term.
   */
  public static final class Term implements Hold {
    private final HoldOfOneLock hold;
    private final Candidate candidate;

    Term(HeldLock lock, Candidate candidate) {
      this.hold =
          new HoldOfOneLock(lock, "Term " + lock.fencingToken() + " of '" + lock.key() + "'");
      this.candidate = candidate;
    }

    /**
     * Returns the lock that makes the candidate the leader: for {@link HeldLock#guard()} and {@link
     * io.github.batonlock.Fencing}. Close the term instead of the lock: a closed lock ends the term
     * as well, but the election notices that only within a heartbeat interval.
     *
     * @return the held lock
     */
    public HeldLock lock() {
      return hold.lock();
    }

    /**
     * Returns the key of the election's lock.
     *
     * @return the key
     */
    @Override
    public LockKey key() {
      return lock().key();
    }

    /**
     * Returns the number of the term: greater than that of each earlier term.
     *
     * @return the fencing token of the lock
     */
    @Override
    public long fencingToken() {
      return lock().fencingToken();
    }

    /**
     * Returns whether the term goes on now.
     *
     * @return false once the term begins to end, and when the lock is not certainly held
     */
    @Override
    public boolean isHeld() {
      return hold.isHeld();
    }

    /**
     * Returns how much of the usable lease is left, assuming that no further renewal succeeds.
     *
     * @return zero once the term begins to end
     */
    @Override
    public Duration remaining() {
      return hold.remaining();
    }

    /**
     * Checks that the term goes on now, and throws otherwise.
     *
     * @throws io.github.batonlock.LockRevokedException if the lock was lost
     * @throws io.github.batonlock.LockNotHeldException if the term was given up, or the lock is not
     *     certainly held
     * @throws IllegalStateException if the term was closed
     */
    @Override
    public void ensureHeld() {
      hold.ensureHeld();
    }

    /**
     * Checks that the term goes on now, and lasts for the given time even if no further renewal
     * succeeds.
     *
     * @param duration positive, at most 80 % of the lease
     * @throws io.github.batonlock.LockRevokedException if the lock was lost
     * @throws io.github.batonlock.LockNotHeldException if the term was given up, or less time is
     *     left
     * @throws IllegalArgumentException if no lease can last that long
     * @throws IllegalStateException if the term was closed
     */
    @Override
    public void ensureHeldFor(Duration duration) {
      hold.ensureHeldFor(duration);
    }

    /**
     * Registers a callback that runs if the lock is lost. It does not run for a term that ended in
     * another way before.
     *
     * @param callback takes what happened; runs once, on the client's callback executor
     * @return this
     */
    @Override
    public Term onRevoked(Consumer<? super Revocation> callback) {
      hold.onRevoked(callback);
      return this;
    }

    @Override
    public Optional<Revocation> revocation() {
      return hold.revocation();
    }

    /**
     * Ends this term as {@link LeaderElection#resign} does, and waits until the lock is released. A
     * call inside a callback or inside the work does not wait. The method does nothing for a term
     * that is over.
     */
    @Override
    public void close() {
      candidate.await(closeAsync());
    }

    /**
     * Ends this term like {@link #close}, without waiting.
     *
     * @return completes when the lock is released; never fails
     */
    @Override
    public CompletableFuture<Void> closeAsync() {
      hold.close();
      return candidate.resign(this);
    }

    boolean hasEnded() {
      return hold.hasEnded();
    }

    /** Ends the term, and returns whether it was given up by this call. */
    boolean end(Reason reason) {
      if (reason == Reason.LOST) {
        hold.lost();
        return false;
      }
      return hold.giveUp();
    }

    @Override
    public String toString() {
      return "term " + fencingToken() + " of '" + key() + "'" + (hasEnded() ? ", over" : "");
    }
  }

  /** Builds a {@link LeaderElection}; not safe for use by several threads. */
  public static final class Builder {
    /** A hundred years. Clocks can count 292 years in nanoseconds. */
    private static final Duration LONGEST = Duration.ofDays(36_500);

    private final LockClient client;
    private final RecipeSupport support;
    private final LockKey key;
    private Listener listener = new Listener() {};
    private @Nullable String candidateId;
    private @Nullable Integer rank;
    private @Nullable Duration leastTerm;
    private @Nullable SdkBytes payload;
    private @Nullable Work work;
    private @Nullable BooleanSupplier healthGate;
    private @Nullable Duration stopTimeout;
    private @Nullable Duration standBack;

    private Builder(LockClient client, LockKey key) {
      this.client = Objects.requireNonNull(client, "client");
      this.support = RecipeSupport.of(client);
      this.key = Objects.requireNonNull(key, "key");
    }

    /**
     * Sets the id of this candidate. Default: the client's owner name.
     *
     * @param candidateId not empty, at most 900 bytes of UTF-8; different for each candidate
     * @return this
     */
    public Builder candidateId(String candidateId) {
      this.candidateId = checkId(Objects.requireNonNull(candidateId, "candidateId"));
      return this;
    }

    static String checkId(String id) {
      int length = id.getBytes(StandardCharsets.UTF_8).length;
      int most = Bound.CANDIDATE_ID_BYTES.defaultValue();
      if (length == 0 || length > most) {
        throw new IllegalArgumentException(
            "The id of a candidate has " + length + " bytes of UTF-8; use 1 to " + most);
      }
      return id;
    }

    /**
     * Sets the rank of this candidate. While it waits, a leader of lower rank yields: the leader
     * ends its term as with {@link LeaderElection#resign}, and this candidate leads next. A leader
     * yields to no candidate of its own rank or a lower one, and to none that does not answer.
     *
     * <p>Compute the rank of what you prefer: a build number lets the newest version lead during a
     * deployment; a number for each zone keeps the leader near its data; {@code version * 10 +
     * weight} does both. All candidates compute it in the same way.
     *
     * <p>While a candidate of higher rank waits for a leader that does not yield, it sends one read
     * and one write in each lease. Otherwise ranks cost nothing.
     *
     * @param rank any number; default 0
     * @return this
     */
    public Builder rank(int rank) {
      this.rank = rank;
      return this;
    }

    /**
     * Sets how long a term of this candidate lasts before it yields to a candidate of higher {@link
     * #rank}. It bounds how often the leadership changes for ranks. Default: the client's lease.
     *
     * @param leastTerm zero or positive, at most 100 years
     * @return this
     */
    public Builder leastTerm(Duration leastTerm) {
      this.leastTerm = leastTerm.isZero() ? leastTerm : checkRange("leastTerm", leastTerm);
      return this;
    }

    /**
     * Sets what the other candidates and the observers learn about this candidate while it leads:
     * its address or its version, for example. Default: nothing.
     *
     * @param payload at most 350,000 bytes; every observer reads them once in each interval
     * @return this
     */
    public Builder payload(SdkBytes payload) {
      int length = payload.asByteArrayUnsafe().length;
      int most = Bound.CANDIDATE_PAYLOAD_BYTES.defaultValue();
      if (length > most) {
        throw new IllegalArgumentException(
            "The payload of a candidate has "
                + length
                + " bytes; use at most "
                + most
                + ", or store it elsewhere and its address here");
      }
      this.payload = payload;
      return this;
    }

    /**
     * Sets what this candidate does while it leads. Default: nothing; the {@link #listener} starts
     * and stops the work.
     *
     * @param work called once in each term, on a thread of its own
     * @return this
     */
    public Builder work(Work work) {
      this.work = Objects.requireNonNull(work, "work");
      return this;
    }

    /**
     * Sets the listener that learns what happens to the election. Default: none.
     *
     * @param listener called on the client's callback executor
     * @return this
     */
    public Builder listener(Listener listener) {
      this.listener = Objects.requireNonNull(listener, "listener");
      return this;
    }

    /**
     * Sets the health check that says whether this candidate can lead now. It is called at the
     * start and once in each heartbeat interval, on the client's callback executor; it may block.
     * While the answer is no, the candidate does not campaign, and a leader resigns. An exception,
     * or no answer for a lease, counts as no. Default: always yes.
     *
     * @param healthGate the health check
     * @return this
     */
    public Builder healthGate(BooleanSupplier healthGate) {
      this.healthGate = Objects.requireNonNull(healthGate, "healthGate");
      return this;
    }

    /**
     * Sets how long a leader that resigns keeps the lock while its {@link #work}, or a call of
     * {@link Listener#termEnded}, does not return. After this time, other candidates may lead
     * although the work of this candidate may go on. Default: the client's lease.
     *
     * @param stopTimeout positive, at most 100 years
     * @return this
     */
    public Builder stopTimeout(Duration stopTimeout) {
      this.stopTimeout = checkRange("stopTimeout", stopTimeout);
      return this;
    }

    /**
     * Sets how long a candidate leaves the lock to other candidates: after it has resigned or its
     * work has failed, and after a leader has handed over to another candidate. Use more than twice
     * the longest pause of a waiter, which is 1.3 s, or less with short leases. Default: half of
     * the client's lease.
     *
     * @param standBack positive, at most 100 years
     * @return this
     */
    public Builder standBack(Duration standBack) {
      this.standBack = checkRange("standBack", standBack);
      return this;
    }

    private static Duration checkRange(String name, Duration duration) {
      if (duration.isNegative() || duration.isZero() || duration.compareTo(LONGEST) > 0) {
        throw new IllegalArgumentException(
            name
                + " must be positive and at most "
                + LONGEST.toDays()
                + " days, but is "
                + duration
                + "; use a second or more");
      }
      return duration;
    }

    /**
     * Starts a candidate. The candidate sends its first request in the background.
     *
     * @return the election, as this candidate sees it
     * @throws IllegalStateException if the client is closed
     */
    public LeaderElection campaign() {
      return start(true);
    }

    /**
     * Starts an observer: it knows the leader, and never leads itself.
     *
     * @return the election, as this observer sees it
     * @throws IllegalArgumentException if an option is set that only a candidate has: all but the
     *     {@link #listener}
     * @throws IllegalStateException if the client is closed
     */
    public LeaderElection observe() {
      refuseOfObserver("candidateId", candidateId);
      refuseOfObserver("rank", rank);
      refuseOfObserver("leastTerm", leastTerm);
      refuseOfObserver("payload", payload);
      refuseOfObserver("work", work);
      refuseOfObserver("healthGate", healthGate);
      refuseOfObserver("stopTimeout", stopTimeout);
      refuseOfObserver("standBack", standBack);
      return start(false);
    }

    private void refuseOfObserver(String option, @Nullable Object value) {
      if (value != null) {
        throw new IllegalArgumentException(
            "An observer of election '"
                + key
                + "' takes no "
                + option
                + ", because it never leads: leave it out, or start a candidate with campaign()");
      }
    }

    private LeaderElection start(boolean campaigns) {
      support.check(LockRequest.builder().key(key).build());
      Duration lease = support.leaseDuration();
      Candidate candidate =
          new Candidate(
              client,
              support,
              new Candidate.Options(
                  key,
                  candidateId == null ? client.ownerName() : candidateId,
                  rank == null ? 0 : rank,
                  leastTerm == null ? lease : leastTerm,
                  payload == null ? SdkBytes.fromByteArray(new byte[0]) : payload,
                  listener,
                  work,
                  healthGate,
                  stopTimeout == null ? lease : stopTimeout,
                  standBack == null ? lease.dividedBy(2) : standBack,
                  campaigns));
      candidate.start();
      return new LeaderElection(candidate);
    }
  }
}
