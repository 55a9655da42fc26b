package io.github.batonlock.simulation;

import java.util.List;

/**
 * The mistakes that a client of this protocol can make, those of earlier clients among them. Each
 * is a few lines of the sources as they are; where these change, the mutant has to follow.
 */
final class Mutants {
  private static final String CONDITION_ON_HOLD =
      "return isHeldBy(row, %1$s.ownerName(), %1$s.candidates());";
  private static final String CONDITION_ON_OWNER =
      "return isText(row.get(\"ownerName\"), %1$s.ownerName())"
          + " && !row.containsKey(\"isReleased\");";

  private Mutants() {}

  static List<Mutant> all() {
    return List.of(
        // Time.
        Mutant.of("a granted lease counts from after the answer")
            .edit(
                "Acquisition.java",
                "Moment sentAt = attempts.sentAt(version);",
                "Moment sentAt = core.now();"),
        Mutant.of("a renewed lease counts from after the answer")
            .edit(
                "LeaseKeeper.java",
                "Moment confirmedAt = tenure.confirmedAt();",
                "Moment confirmedAt = core.now();"),
        Mutant.of("no margin for the rates of clocks: the whole lease is used")
            .edit("LeaseTerms.java", "USABLE_PERCENT = 80", "USABLE_PERCENT = 100"),
        Mutant.of("a holder trusts its monotonic clock alone")
            .edit(
                "LeaseView.java",
                "suspectedAt != null || now.wallSince(confirmedAt) >= usableNanos",
                "suspectedAt != null")
            .edit(
                "Moment.java",
                "Math.max(monotonicSince(earlier), wallSince(earlier))",
                "monotonicSince(earlier)"),
        Mutant.of("an observation counts from before the read")
            .edit(
                "Core.java",
                "final RetiredVersions retired = new RetiredVersions();",
                "final RetiredVersions retired = new RetiredVersions(); long askedAt;")
            .edit(
                "Acquisition.java",
                "private void poll() {",
                "private void poll() { core.askedAt = core.now().nanos();")
            .edit(
                "Acquisition.java",
                "LockWrite.Grant grant = attempts.next(silentVersion);",
                "LockWrite.Grant grant = attempts.next(silentVersion); core.askedAt = core.now().nanos();")
            .edit(
                "Acquisition.java",
                "core.observations.see(key(), item, now.nanos())",
                "core.observations.see(key(), item, core.askedAt)")
            .edit(
                "LockInfos.java",
                "core.observations.see(key, item, now.nanos())",
                "core.observations.see(key, item, core.askedAt)"),
        Mutant.of("a waiter goes by its wall clock")
            .edit(
                "Acquisition.java",
                "core.observations.see(key(), item, now.nanos())",
                "core.observations.see(key(), item, now.epochMillis() * 1_000_000)")
            .edit(
                "LockInfos.java",
                "core.observations.see(key, item, now.nanos())",
                "core.observations.see(key, item, now.epochMillis() * 1_000_000)")
            .edit(
                "TakeoverRule.java",
                "seen.mayTakeOver(now.nanos())",
                "seen.mayTakeOver(now.epochMillis() * 1_000_000)"),
        Mutant.of("a waiter goes by the time since it first saw the holder, not the version")
            .edit(
                "Observation.java",
                "item.version(), now, item.leaseDuration(), Collections",
                "item.version(), since, item.leaseDuration(), Collections"),
        Mutant.of("a waiter takes over when the holder has stopped, not when the lease is over")
            .edit(
                "Observation.java",
                "return now - since >= waitNanos();",
                "return now - since >= waitNanos() / 10 * 8;")
            .edit(
                "Observation.java",
                "return waitNanos() - (now - since);",
                "return waitNanos() / 10 * 8 - (now - since);"),
        Mutant.of("a holder of another make is given no more time than one of ours")
            .edit("Observation.java", "FOREIGN_WAIT_PERCENT = 125", "FOREIGN_WAIT_PERCENT = 100"),
        Mutant.of("the fast path allows for the error of one clock only")
            .edit("Observation.java", ".dividedBy(2).compareTo", ".compareTo"),

        // Conditions of the writes.
        Mutant.of("an acquisition overwrites a held lock")
            .edit(
                "RowWrites.java",
                "!acquire.onlyIfExists() : isReleasedLock(row)",
                "!acquire.onlyIfExists() : true"),
        Mutant.of("a takeover is not conditioned on the version")
            .edit(
                "RowWrites.java",
                "isText(row.get(\"recordVersionNumber\"), takeover.observedVersion())",
                "true"),
        Mutant.of("a heartbeat is conditioned on the owner only")
            .edit(
                "RowWrites.java",
                CONDITION_ON_HOLD.formatted("heartbeat"),
                CONDITION_ON_OWNER.formatted("heartbeat")),
        Mutant.of("a release is conditioned on the owner only")
            .edit(
                "RowWrites.java",
                CONDITION_ON_HOLD.formatted("release"),
                CONDITION_ON_OWNER.formatted("release")),
        Mutant.of("a heartbeat revives a released lock")
            .edit("RowWrites.java", "\n        && !row.containsKey(\"isReleased\");", ";")
            .edit(
                "RowWrites.java",
                "next.put(\"recordVersionNumber\", AttributeValue.fromS(heartbeat.version()));",
                "next.put(\"recordVersionNumber\", AttributeValue.fromS(heartbeat.version()));"
                    + " next.remove(\"isReleased\");"),
        Mutant.of("a release leaves the version as it is")
            .edit(
                "RowWrites.java",
                "next.put(\"recordVersionNumber\", AttributeValue.fromS(release.version()));",
                ""),
        Mutant.of("the token starts anew with each holder")
            .edit("RowWrites.java", "token == null ?", "true ?"),
        Mutant.of("the token does not grow")
            .edit("RowWrites.java", "base.add(BigDecimal.ONE)", "base.add(BigDecimal.ZERO)"),

        // Ambiguous writes.
        Mutant.of("a heartbeat without an answer is taken for not applied")
            .edit("LeaseKeeper.java", "if (!failure.mayHaveBeenApplied()) {", "if (true) {"),
        Mutant.of(
                "an own version found in the item is not recognized: a lost answer loses the lock")
            .edit(
                "Tenure.java",
                "ours && candidates.containsKey(item.version())",
                "ours && item.version().equals(confirmed)"),
        Mutant.of("a version found in the item counts from the latest send")
            .edit(
                "Tenure.java",
                "confirmedAt = sent.at();",
                "confirmedAt = candidates.values().stream().reduce((a, b) -> b).get().at();"),
        Mutant.of("a failed heartbeat is by itself a loss")
            .edit(
                "LeaseKeeper.java",
                "    tryAgain(failure);\n  }\n\n  /**\n   * A look",
                "    lock.revoke(Reason.LEASE_EXPIRED);\n  }\n\n  /**\n   * A look"),
        Mutant.of("an acquisition whose answer was lost waits for its own lease to end")
            .edit(
                "Acquisition.java",
                "if (attempts.mayHaveWritten(item.version()) && !item.released()) {",
                "if (attempts.mayHaveWritten(item.version()) && item.released()) {"),
        Mutant.of("an acquisition that was given up is not freed")
            .edit(
                "GrantAttempts.java",
                "    if (unsettled.isEmpty()) {\n      return;",
                "    if (!unsettled.isEmpty() || true) {\n      return;"),
        Mutant.of("a lock that nobody takes from a cancelled acquisition is kept")
            .edit("DefaultLockClient.java", "if (forUser.isCancelled()) {", "if (false) {")
            .edit("DefaultLockClient.java", "      lock.discard();\n", ""),
        Mutant.of("whatever bears the own name is taken at once")
            .edit("TakeoverRule.java", "\n        && core.retired.contains(item.version());", ";"),

        // Renewal, loss and its telling.
        Mutant.of("renewals end with the first that fails")
            .edit(
                "LeaseKeeper.java",
                "    tryAgain(failure);\n  }\n\n  /**\n   * A look",
                "  }\n\n  /**\n   * A look"),
        Mutant.of("each update of the data puts the next renewal off")
            .edit(
                "LeaseKeeper.java",
                "long renewed = Math.min(beatDue, tenure.confirmedAt().nanos());",
                "long renewed = beatDue;"),
        Mutant.of("the deadline is looked at by the heartbeat only, which waits for its answer")
            .edit("LeaseKeeper.java", "    watch.start();\n", ""),
        Mutant.of("a released lock goes on being renewed")
            .edit("LeaseKeeper.java", "    over = true;\n    beat.cancel();\n", ""),
        Mutant.of("a loss is noted, and nobody told")
            .edit("DefaultHeldLock.java", "      callbacks.revoked(revocation);\n", ""),
        Mutant.of("a loss is told each time it is noticed")
            .edit("RevocationCallbacks.java", "    waiting.clear();\n", "")
            .edit(
                "DefaultHeldLock.java",
                "if (ending.compareAndSet(null, new Ending.Revoked(revocation))) {",
                "if (ending.compareAndSet(null, new Ending.Revoked(revocation)) || true) {"),
        Mutant.of("a loss is told after the user's own release")
            .edit(
                "DefaultHeldLock.java",
                "if (ending.compareAndSet(null, new Ending.Revoked(revocation))) {",
                "if (ending.getAndSet(new Ending.Revoked(revocation)) != null || true) {")
            .edit(
                "LeaseKeeper.java",
                "    if (over) {\n      return;\n    }\n    if (verdict",
                "    if (verdict"),
        Mutant.of("a lost lock is held again when the clock says so")
            .edit(
                "DefaultHeldLock.java",
                "    if (ending.get() != null) {\n      return 0;\n    }\n    LeaseView",
                "    LeaseView"),
        Mutant.of("closing a client stops after its first lock")
            .edit(
                "Shutdown.java",
                "core.registry.holds().forEach(this::revoke);",
                "core.registry.holds().stream().limit(1).forEach(this::revoke);"),
        Mutant.of("a waiter's time is never up")
            .edit("Waiting.java", "return left() <= 0;", "return false;")
            .edit("Waiting.java", "limit == null ?", "true ?"),
        Mutant.of("data is said to be stored before it is")
            .edit(
                "DataUpdates.java",
                "  void add(SdkBytes data, CompletableFuture<Void> done) {",
                "  void add(SdkBytes data, CompletableFuture<Void> done) { done.complete(null);"));
  }
}
