package io.github.batonlock.recipe;

import io.github.batonlock.HeldLock;
import io.github.batonlock.LockClient;
import io.github.batonlock.LockException;
import io.github.batonlock.LockKey;
import io.github.batonlock.LockNotHeldException;
import io.github.batonlock.LockRequest;
import io.github.batonlock.LockWatch;
import io.github.batonlock.internal.client.RecipeSupport;
import io.github.batonlock.internal.config.Bound;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.Objects;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.function.BooleanSupplier;
import org.jspecify.annotations.Nullable;
import software.amazon.awssdk.core.SdkBytes;

/**
 * One leader at a time among many candidates: who holds the lock leads, and its fencing token is
 * the number of the term.
 *
 * <p><b>What it does not give.</b> A leader that is paused learns of the end of its term when it
 * runs again; what it does between a check and the next instruction may come late. Use {@link
 * Term#ensureLeader} between steps, and send {@link Term#number} with every write to what can
 * refuse an older one. There may be no leader for a while: for about a lease after one has died. A
 * leader that is cut off from the table stops leading at 80 % of a lease, also if all is well with
 * it otherwise.
 *
 * <p>Candidates campaign by themselves until they are closed: at the beginning, and again after
 * each term. Every candidate and every observer knows who leads, at most a heartbeat interval late.
 *
 * <pre>{@code
 * LeaderElection election =
 *     LeaderElection.builder(client, "scheduler/leader")
 *         .candidateId("node-7")
 *         .payload(SdkBytes.fromUtf8String("http://10.0.0.7:8080"))
 *         .listener(
 *             new LeaderElection.Listener() {
 *               public void elected(LeaderElection.Term term) {
 *                 scheduler.start(term);
 *               }
 *
 *               public void termEnded(LeaderElection.Term term, LeaderElection.Reason reason) {
 *                 scheduler.stop();
 *               }
 *             })
 *         .campaign();
 * }</pre>
 *
 * <p><b>Cost.</b> Of each candidate and observer one {@linkplain LockWatch watch} of the lock; of
 * each candidate that does not lead a waiting acquisition, less than a read a second; of the leader
 * a heartbeat each interval, and a write at each election.
 *
 * <p>The lock's data belongs to the election. Safe for use by many threads. Close it before its
 * client: a client that is closed first ends the term at once, and frees the lock without waiting
 * for {@link Listener#termEnded}.
 */
public final class LeaderElection implements AutoCloseable {
  private final Candidate candidate;
  private final RecipeSupport support;

  private LeaderElection(Candidate candidate, RecipeSupport support) {
    this.candidate = candidate;
    this.support = support;
  }

  /**
   * Starts to describe a candidate or an observer.
   *
   * @param client made by {@link LockClient#builder}
   * @param key the lock's partition key
   * @return a builder, for one thread
   */
  public static Builder builder(LockClient client, String key) {
    return builder(client, LockKey.of(key));
  }

  /**
   * Starts to describe a candidate or an observer.
   *
   * @param client made by {@link LockClient#builder}
   * @param key the lock
   * @return a builder, for one thread
   */
  public static Builder builder(LockClient client, LockKey key) {
    return new Builder(client, key);
  }

  /**
   * Who this is among the candidates.
   *
   * @return the id
   */
  public String candidateId() {
    return candidate.options().candidateId();
  }

  /**
   * Whether this candidate leads now, by the clocks of this machine; answers at once.
   *
   * @return false from the moment on in which a term begins to end, and past the lease, whether or
   *     not that was told to anybody
   */
  public boolean isLeader() {
    return candidate.term().isPresent();
  }

  /**
   * The term in which this candidate leads.
   *
   * @return empty when {@link #isLeader} is false
   */
  public Optional<Term> term() {
    return candidate.term();
  }

  /**
   * Who leads, as far as is known here; answers at once.
   *
   * @return empty if nobody does, the last leader was found dead, or it is not known yet
   */
  public Optional<Leader> leader() {
    return candidate.leader();
  }

  /**
   * Gives the leadership up: {@link #isLeader} is false at once, then {@link Listener#termEnded} is
   * called, and the lock is released when that has returned, or after {@link Builder#stopTimeout}.
   * Then this candidate stands back for {@link Builder#standBack}, and campaigns again. Does
   * nothing if this candidate does not lead.
   *
   * @return done when the lock is released; never fails
   */
  public CompletableFuture<Void> resign() {
    return candidate.resign(Reason.RESIGNED, null);
  }

  /**
   * Resigns in favour of another candidate.
   *
   * <p>The wish is left in the lock. Any other candidate that gets the lock first gives it back,
   * and stands back, each for {@link Builder#standBack}; from then on everybody may lead. So a
   * candidate that does not exist costs that time without a leader, and nothing else. Each
   * candidate that comes before the named one costs two or three writes, and a number of a term. If
   * the wish cannot be written, it is a resignation.
   *
   * @param nextCandidateId who is to lead next
   * @return done when the lock is released; never fails
   */
  public CompletableFuture<Void> handOverTo(String nextCandidateId) {
    return candidate.resign(
        Reason.HANDED_OVER, Builder.checkId(Objects.requireNonNull(nextCandidateId)));
  }

  /**
   * Ends the candidacy, resigning first, and waits until the lock is released: at most for {@link
   * Builder#stopTimeout} and the time of a release. Called inside a callback, it does not wait.
   * Does nothing the second time.
   */
  @Override
  public void close() {
    CompletableFuture<Void> closed = closeAsync();
    if (!support.isInCallback()) {
      Void unused = support.awaitUninterruptibly(closed);
    }
  }

  /**
   * Like {@link #close}, without waiting.
   *
   * @return done when the lock is released; never fails
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
    /** By {@link LeaderElection#resign}, or because {@link Term#lock} was closed. */
    RESIGNED,
    /** By {@link LeaderElection#handOverTo}. */
    HANDED_OVER,
    /** {@link Builder#healthGate} said no, or nothing for a lease. */
    UNHEALTHY,
    /** {@link Listener#elected} threw. */
    FAILED,
    /** The lease ran out, or somebody has taken, released or deleted the lock. */
    LOST,
    /** The election or its client was closed. */
    CLOSED
  }

  /**
   * Told what happens to an election. What it throws is logged.
   *
   * <p>{@link #elected} and {@link #termEnded} come in turns, one after the other has returned; the
   * other two in their own order, on another thread.
   */
  public interface Listener {
    /**
     * This candidate leads. Start the work elsewhere and return: the end of the term is told after
     * that. If it throws, the term ends.
     *
     * @param term the term
     */
    default void elected(Term term) {}

    /**
     * The term that was told last is over. Stop the work, then return: others may lead when it has
     * returned, or when the lease ran out; and this candidate does not campaign before.
     *
     * @param term the term
     * @param reason why
     */
    default void termEnded(Term term, Reason reason) {}

    /**
     * Another candidate leads than before, or another term has begun, or nobody leads. Told first
     * when it is known for the first time.
     *
     * @param leader who leads; empty if nobody does
     */
    default void leaderChanged(Optional<Leader> leader) {}

    /**
     * The table cannot be read or written; it is tried again, ever less often. Told once, until all
     * is well again.
     *
     * @param failure the first failure
     */
    default void troubled(LockException failure) {}
  }

  /**
   * Who leads, as others see it.
   *
   * @param candidateId the candidate
   * @param term the number of its term; grows from leader to leader
   * @param payload what the candidate was built with
   */
  public record Leader(String candidateId, long term, SdkBytes payload) {}

  /** One candidate's time as leader, from its election until it ends. */
  public static final class Term {
    private final HeldLock lock;
    private volatile boolean over;

    Term(HeldLock lock) {
      this.lock = lock;
    }

    /**
     * The number of the term: greater than that of every earlier one.
     *
     * @return the fencing token of the lock
     */
    public long number() {
      return lock.fencingToken();
    }

    /**
     * The lock by which the candidate leads. Closing it ends the term, noticed within a heartbeat
     * interval; {@link LeaderElection#resign} stops the work first.
     *
     * @return the held lock
     */
    public HeldLock lock() {
      return lock;
    }

    /**
     * Whether the term goes on now.
     *
     * @return false once it begins to end, and when the lock is not held for certain
     */
    public boolean isValid() {
      return !over && lock.isHeld();
    }

    /**
     * Returns if the term goes on now, and throws otherwise.
     *
     * @throws LockException if the term is over, or the lock not held for certain
     */
    public void ensureLeader() {
      if (over) {
        throw new LockNotHeldException(lock.key(), "Term " + number() + " has ended");
      }
      lock.ensureHeld();
    }

    void end() {
      over = true;
    }

    @Override
    public String toString() {
      return "term " + number() + " of '" + lock.key() + "'" + (over ? ", over" : "");
    }
  }

  /** Builds a {@link LeaderElection}; not safe for use by several threads. */
  public static final class Builder {
    /** A hundred years; clocks count 292 of them in nanoseconds. */
    private static final Duration LONGEST = Duration.ofDays(36_500);

    private final LockClient client;
    private final RecipeSupport support;
    private final LockKey key;
    private String candidateId;
    private SdkBytes payload = SdkBytes.fromByteArray(new byte[0]);
    private Listener listener = new Listener() {};
    private @Nullable BooleanSupplier healthGate;
    private Duration stopTimeout;
    private Duration standBack;

    private Builder(LockClient client, LockKey key) {
      this.client = Objects.requireNonNull(client, "client");
      this.support = RecipeSupport.of(client);
      this.key = Objects.requireNonNull(key, "key");
      this.candidateId = client.ownerName();
      this.stopTimeout = support.leaseDuration();
      this.standBack = support.leaseDuration().dividedBy(2);
    }

    /**
     * Who this is among the candidates. Default: the client's owner name.
     *
     * @param candidateId not empty, at most 1,000 bytes of UTF-8; different for each candidate
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
     * What everybody is to know of this candidate while it leads: where to reach it, which version
     * it runs. Default: nothing.
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
     * Who is told what happens. Default: nobody.
     *
     * @param listener called on the client's callback executor
     * @return this
     */
    public Builder listener(Listener listener) {
      this.listener = Objects.requireNonNull(listener, "listener");
      return this;
    }

    /**
     * Whether this candidate can lead now. Asked at the start and once in each heartbeat interval,
     * on the client's callback executor; it may block. While the answer is no, the candidate does
     * not campaign, and a leader resigns. An exception, or no answer for a lease, is a no. Default:
     * always yes.
     *
     * @param healthGate the question
     * @return this
     */
    public Builder healthGate(BooleanSupplier healthGate) {
      this.healthGate = Objects.requireNonNull(healthGate, "healthGate");
      return this;
    }

    /**
     * How long a leader that resigns keeps the lock for a {@link Listener#termEnded} that does not
     * return. When it is over, others may lead although the work of this one may go on. Default:
     * the client's lease.
     *
     * @param stopTimeout positive, at most 100 years
     * @return this
     */
    public Builder stopTimeout(Duration stopTimeout) {
      this.stopTimeout = checkRange("stopTimeout", stopTimeout);
      return this;
    }

    /**
     * How long a candidate leaves the lock to others: after it has resigned, and where a leader has
     * handed over to another candidate. Should be more than twice the longest pause of a waiter,
     * which is 1.3 s, or less where leases are short. Default: half of the client's lease.
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
     * Starts a candidate. Sends its first request in the background.
     *
     * @return the election, as this candidate sees it
     * @throws IllegalStateException if the client is closed
     */
    public LeaderElection campaign() {
      return start(true);
    }

    /**
     * Starts an observer: it knows who leads, and never leads itself.
     *
     * @return the election, as this observer sees it
     * @throws IllegalStateException if the client is closed
     */
    public LeaderElection observe() {
      return start(false);
    }

    private LeaderElection start(boolean campaigns) {
      support.check(LockRequest.builder().key(key).build());
      Candidate candidate =
          new Candidate(
              client,
              support,
              new Candidate.Options(
                  key,
                  candidateId,
                  payload,
                  listener,
                  healthGate,
                  stopTimeout,
                  standBack,
                  campaigns));
      candidate.start();
      return new LeaderElection(candidate, support);
    }
  }
}
