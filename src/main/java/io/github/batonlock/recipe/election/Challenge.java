package io.github.batonlock.recipe.election;

import io.github.batonlock.LockClient;
import io.github.batonlock.LockInfo;
import io.github.batonlock.internal.client.Acquiring;
import io.github.batonlock.internal.client.RecipeSupport;
import io.github.batonlock.internal.runtime.ConfinedTo;
import java.time.Duration;
import java.util.Optional;
import java.util.OptionalLong;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.Executor;
import org.jspecify.annotations.Nullable;

/**
 * A campaigning candidate's answer to what the leader's record says. It claims the leadership from
 * a live leader of lower rank. If the record names this candidate, it says that it waits, and looks
 * often for the release.
 *
 * <pre>
 *   lower rank, alive, names none --&gt; claim, again after a lease
 *   names this candidate ----------&gt; claim, and look often
 * </pre>
 */
@ConfinedTo(ConfinedTo.SERIAL)
final class Challenge {
  private final LockClient client;
  private final RecipeSupport support;
  private final Candidate.Options options;
  private final Executor state;
  private Runnable seesNoMore = () -> {};
  private @Nullable LeaderRecord leader;
  private @Nullable Sent sent;
  private boolean named;

  /** The last claim that was sent: in which term, whether its record named this candidate, when. */
  private record Sent(long term, boolean named, long at) {}

  Challenge(LockClient client, RecipeSupport support, Candidate.Options options, Executor state) {
    this.client = client;
    this.support = support;
    this.options = options;
    this.state = state;
  }

  void start() {
    seesNoMore = support.whileWaiting(options.key(), holder -> state.execute(() -> sees(holder)));
  }

  void stop() {
    seesNoMore.run();
  }

  /** The wait for the lock has ended. */
  void campaignEnded() {
    leader = null;
    names(false);
  }

  private void sees(LockInfo holder) {
    Optional<LeaderRecord> record = LeaderRecord.parse(holder.data());
    leader = record.filter(left -> holder.fencingToken().orElse(0) == left.term()).orElse(null);
    // Also if it is not the holder's: another candidate that came first gives the lock back.
    names(record.map(left -> options.candidateId().equals(left.heir())).orElse(false));
    consider(OptionalLong.empty());
  }

  private void names(boolean isNamed) {
    if (isNamed || named) {
      support.expectRelease(options.key(), isNamed);
    }
    named = isNamed;
  }

  /**
   * Claims the leadership if it is time to.
   *
   * @param alive the term of the leader that shows signs of life; empty if there is none
   */
  void consider(OptionalLong alive) {
    LeaderRecord seen = leader;
    if (seen == null) {
      return;
    }
    boolean outranks = seen.heir() == null && options.rank() > seen.rank();
    boolean isAlive = alive.isPresent() && alive.getAsLong() == seen.term();
    if (named || (outranks && isAlive)) {
      claim(seen.term());
    }
  }

  private void claim(long term) {
    Sent last = sent;
    long now = support.nanoTime();
    Duration grace = options.stopTimeout();
    if (last != null
        && last.term() == term
        && last.named() == named
        && now - last.at() < support.leaseDuration().toNanos()) {
      return;
    }
    Sent claim = new Sent(term, named, now);
    sent = claim;
    String reason = new RankClaim(options.candidateId(), options.rank()).reason();
    CompletableFuture<Optional<LockInfo>> unused =
        Acquiring.attempt(() -> client.requestReleaseAsync(options.key(), reason, grace))
            .whenComplete((holder, failure) -> state.execute(() -> answered(claim, failure)));
  }

  @SuppressWarnings("ReferenceEquality") // The identity of the claim is what is meant.
  private void answered(Sent claim, @Nullable Throwable failure) {
    if (failure != null && sent == claim) {
      // The next heartbeat interval sends it again.
      sent = null;
    }
  }
}
