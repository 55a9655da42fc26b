package io.github.batonlock.simulation;

import java.util.List;
import java.util.stream.Stream;

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
    return Stream.of(
            withOwnLeases(),
            withSharedLeases(),
            inLine(),
            withLimits(),
            RecipeMutants.all(),
            WorldMutants.all(),
            BoundMutants.all(),
            EyeMutants.all())
        .flatMap(List::stream)
        .toList();
  }

  private static List<Mutant> withOwnLeases() {
    return List.of(
        // Time.
        Mutant.of("a granted lease counts from after the answer")
            .edit(
                "UnsettledGrants.java",
                "new Grant(version, sent.at(), sent.session())",
                "new Grant(version, loop.now(), sent.session())"),
        Mutant.of("a renewed lease counts from after the answer")
            .edit(
                "LeaseRenewer.java",
                "confirmed(versions.confirmedAt());",
                "confirmed(loop.now());"),
        Mutant.of("no margin for the rates of clocks: the whole lease is used")
            .edit("LeaseTerms.java", "USABLE_PERCENT = 80", "USABLE_PERCENT = 100"),
        Mutant.of("a holder trusts its monotonic clock alone")
            .edit(
                "LeaseView.java",
                "suspectedAt != null || now.wallSince(confirmedAt) >= usableNanos",
                "suspectedAt != null")
            .edit(
                "ClockReading.java",
                "Math.max(monotonicSince(earlier), wallSince(earlier))",
                "monotonicSince(earlier)"),
        Mutant.of("an observation counts from before the read")
            .edit(
                "Observations.java",
                "public final class Observations {",
                "public final class Observations { public long askedAt;")
            .edit(
                "HolderObserver.java",
                "public final class HolderObserver {",
                "public final class HolderObserver { void asked() { classifier.asked(); }")
            .edit(
                "ItemClassifier.java",
                "public final class ItemClassifier {",
                "public final class ItemClassifier {"
                    + " public void asked() { observations.askedAt = loop.now().nanos(); }")
            .edit(
                "Acquisition.java",
                "  private void look() {",
                "  private void look() { observer.asked();")
            .edit(
                "Acquisition.java",
                "grants.next(silentVersion);",
                "grants.next(silentVersion); observer.asked();")
            .edit(
                "ItemClassifier.java",
                "observations.see(key, item, now.nanos())",
                "observations.see(key, item,"
                    + " SessionKey.isSession(key) ? now.nanos() : observations.askedAt)")
            .edit(
                "LockInfoFactory.java",
                "observations.see(key, item, now.nanos())",
                "observations.see(key, item, observations.askedAt)"),
        Mutant.of("a waiter goes by its wall clock")
            .edit(
                "ItemClassifier.java",
                "observations.see(key, item, now.nanos())",
                "observations.see(key, item, now.epochMillis() * 1_000_000)")
            .edit(
                "LockInfoFactory.java",
                "observations.see(key, item, now.nanos())",
                "observations.see(key, item, now.epochMillis() * 1_000_000)")
            .edit(
                "TakeoverPolicy.java",
                "seen.mayTakeOver(now.nanos())",
                "seen.mayTakeOver(now.epochMillis() * 1_000_000)"),
        Mutant.of("a waiter goes by the time since it first saw the holder, not the version")
            .edit(
                "Observation.java",
                "        item.version(),\n        now,\n",
                "        item.version(),\n        since,\n"),
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
        Mutant.of("first sight allows for the error of one host only")
            .edit("FirstSightRule.java", "multipliedBy(2).plus(MARGIN)", "plus(MARGIN)"),

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
                "return isHeldBy(row, heartbeat.ownerName(), heartbeat.candidates())\n          &&",
                CONDITION_ON_OWNER.formatted("heartbeat").replace(";", "\n          &&")),
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
            .edit("LeaseRenewer.java", "if (!failure.mayHaveBeenApplied()) {", "if (true) {"),
        Mutant.of(
                "an own version found in the item is not recognized: a lost answer loses the lock")
            .edit(
                "HoldVersions.java",
                "candidates.containsKey(item.version())",
                "item.version().equals(confirmed)"),
        Mutant.of("a version found in the item counts from the latest send")
            .edit(
                "HoldVersions.java",
                "confirmedAt = sent.at();",
                "confirmedAt = candidates.values().stream().reduce((a, b) -> b).get().at();"),
        Mutant.of("a failed heartbeat is by itself a loss")
            .edit(
                "LeaseRenewer.java",
                "    tryAgain(failure);\n  }\n\n  /**\n   * A look",
                "    lock.revoke(Reason.LEASE_EXPIRED);\n  }\n\n  /**\n   * A look"),
        Mutant.of("an acquisition whose answer was lost waits for its own lease to end")
            .edit(
                "Acquisition.java",
                "if (grants.mayHaveWritten(item.version()) && !item.released()) {",
                "if (grants.mayHaveWritten(item.version()) && item.released()) {"),
        Mutant.of("an acquisition that was given up is not freed")
            .edit(
                "UnsettledGrants.java",
                "    if (unsettled.isEmpty()) {\n      return;",
                "    if (!unsettled.isEmpty() || true) {\n      return;"),
        Mutant.of("a lock granted to a cancelled acquisition is kept")
            .edit("DefaultLockClient.java", "if (!acquisition.result().isDone()) {", "if (false) {")
            .edit("DefaultLockClient.java", "      lock.discard();\n", ""),
        Mutant.of("whatever bears the own name is taken at once")
            .edit(
                "TakeoverPolicy.java",
                "\n        && (retired.contains(item.version())"
                    + "\n            || reservations.contains(item.version())"
                    + "\n            || isUnclaimed(key, item));",
                ";"),

        // Renewal, loss and its telling.
        Mutant.of("renewals end with the first that fails")
            .edit(
                "LeaseRenewer.java",
                "    tryAgain(failure);\n  }\n\n  /**\n   * A look",
                "  }\n\n  /**\n   * A look"),
        Mutant.of("each update of the data puts the next renewal off")
            .edit(
                "OwnLease.java",
                "long renewed = Math.min(beatDue, confirmedAt().nanos());",
                "long renewed = beatDue;"),
        Mutant.of("the deadline is looked at by the heartbeat only, which waits for its answer")
            .edit("OwnLease.java", "    expiry.start();\n", ""),
        Mutant.of("a released lock goes on being renewed")
            .edit("LeaseRenewer.java", "    over = true;\n    scheduler.stop();\n", "")
            .edit("LeaseRenewer.java", "if (over || !lock.mayRenew(loop.now())) {", "if (false) {"),
        Mutant.of("a loss is noted, and the holder is not told")
            .edit("DefaultHeldLock.java", "      callbacks.revoked(revocation);\n", ""),
        Mutant.of("a loss is told each time it is noticed")
            .edit("RevocationCallbacks.java", "    waiting.clear();\n", "")
            .edit(
                "DefaultHeldLock.java",
                "if (ending.compareAndSet(null, new HoldEnd.Revoked(revocation))) {",
                "if (ending.compareAndSet(null, new HoldEnd.Revoked(revocation)) || true) {"),
        Mutant.of("a loss is told after the user's own release")
            .edit(
                "DefaultHeldLock.java",
                "if (ending.compareAndSet(null, new HoldEnd.Revoked(revocation))) {",
                "if (ending.getAndSet(new HoldEnd.Revoked(revocation)) != null || true) {")
            .edit(
                "LeaseRenewer.java",
                "    if (over) {\n      return;\n    }\n    if (outcome",
                "    if (outcome"),
        Mutant.of("a lost lock is held again when the clock says so")
            .edit(
                "DefaultHeldLock.java",
                "    if (isEnded()) {\n      return 0;\n    }\n    LeaseView",
                "    LeaseView"),
        Mutant.of("closing a client stops after its first lock")
            .edit(
                "Shutdown.java",
                ".filter(hold -> !hold.spec().isSession()).forEach(this::revoke);",
                ".filter(hold -> !hold.spec().isSession()).limit(1).forEach(this::revoke);"),
        Mutant.of("a waiter's time is never up")
            .edit("AcquisitionTimer.java", "return left() <= 0;", "return false;")
            .edit("AcquisitionTimer.java", "limit == null ?", "true ?"),
        Mutant.of("data is said to be stored before it is")
            .edit(
                "DataUpdates.java",
                "  void add(SdkBytes data, CompletableFuture<Void> done) {",
                "  void add(SdkBytes data, CompletableFuture<Void> done) { done.complete(null);"));
  }

  private static List<Mutant> withSharedLeases() {
    return List.of(
        Mutant.of("a shared lock is taken over by its own version, which does not move")
            .edit(
                "ItemClassifier.java",
                "session == null || isGhost ||",
                "session == null || takeover.mayTakeOver(key, item,"
                    + " observations.see(key, item, judgedAt.nanos()), judgedAt) ||"),
        Mutant.of("the locks of a silent session are taken without ending it")
            .edit("SessionObserver.java", "end(held.item().version());", "isOverNow();"),
        Mutant.of("a session's observation counts from before the read")
            .edit(
                "ItemClassifier.java",
                "observations.see(key, item, now.nanos())",
                "observations.see(key, item, askedAt.getOrDefault(key, now.nanos()))")
            .edit(
                "ItemClassifier.java",
                "private final TakeoverPolicy takeover;",
                "private final TakeoverPolicy takeover;"
                    + " final java.util.Map<LockKey, Long> askedAt = new java.util.HashMap<>();")
            .edit(
                "ItemObserver.java",
                "    busy = true;\n    requests.look(",
                """
                    if ((Object) this instanceof SessionObserver) {
                      classifier.askedAt.put(key, loop.now().nanos());
                    }
                    busy = true;
                    requests.look("""),
        Mutant.of("a missing session is believed at once")
            .edit("SessionObserver.java", "if (left <= 0 || isLockOver()) {", "if (true) {"),
        Mutant.of("a missing session is believed from a read that may be stale")
            .edit("SessionObserver.java", "if (missing && !reading.isCurrent()) {", "if (false) {")
            .edit(
                "SessionObserver.java",
                "if (left <= 0 || isLockOver()) {\n      end(null);",
                "if (true) {\n      isOverNow();"),
        Mutant.of("a session is ended whatever its version")
            .edit(
                "RowWrites.java",
                "return isText(row.get(\"recordVersionNumber\"), observed) && isHeldBySomebody(row);",
                "return isHeldBySomebody(row);"),
        Mutant.of("an ended session goes on being renewed")
            .edit(
                "RowWrites.java",
                "next.put(\"recordVersionNumber\", AttributeValue.fromS(end.version()));",
                "")
            .edit("RowWrites.java", "\n        && !row.containsKey(\"isReleased\");", ";"),
        Mutant.of("a session's key is used again")
            .edit(
                "Sessions.java",
                "SessionKey.create(random,",
                "SessionKey.create("
                    + "new java.util.SplittableRandom(config.ownerName().hashCode()),")
            .edit(
                "RowWrites.java",
                "return row == null;",
                "return row == null || isReleasedLock(row);"),
        Mutant.of("a lock names a session that is not there yet")
            .edit("SessionRef.java", "return usable.isOpen();", "return true;"),
        Mutant.of("a session's deadline is not looked at when it keeps another lock")
            .edit("UnsettledGrants.java", ": session.isOver(now);", ": false;"),
        Mutant.of("an update of a lock's data renews the lease that it shares")
            .edit(
                "SharedLease.java",
                "void confirmed(ClockReading sentAt) {}",
                "void confirmed(ClockReading sentAt) { ((DefaultHeldLock) session.lease()).view(new io.github.batonlock"
                    + ".internal.protocol.LeaseView(sentAt, lock().view().usableNanos(), null)); }"),
        Mutant.of("the loss of a session is told to its first lock only")
            .edit(
                "Session.java",
                "List.copyOf(holds).forEach(hold -> hold.revoke(",
                "holds.stream().limit(1).toList().forEach(hold -> hold.revoke("),
        Mutant.of("closing a client ends its session while work goes on under its locks")
            .edit(
                "Session.java",
                "if (isUnused() && isOpen()) {\n      over = true;",
                "if ((sessions.isClosing() || isUnused()) && isOpen()) {\n      over = true;")
            .edit(
                "Sessions.java",
                "  /** The client closes. Sessions end",
                "  boolean isClosing() {\n    return work.isClosing();\n  }\n\n"
                    + "  /** The client closes. Sessions end"),
        Mutant.of("a session without users goes on")
            .edit(
                "Sessions.java",
                "return loop.schedule(config",
                "return loop.schedule(1_000 * config"),
        Mutant.of("the release of a shared lock is given up when a lease of its own would be over")
            .edit(
                "Releases.java",
                "if (session == null || !session.isOver(now)) {",
                "if (session == null) {"));
  }

  private static List<Mutant> inLine() {
    return List.of(
        Mutant.of("a lock is handed on with the token of before")
            .edit(
                "RowWrites.java",
                "applyGrant(grant, next, isSession(write));\n    } else",
                "applyGrant(grant, next, isSession(write));\n      if (write instanceof LockWrite.Handoff) {"
                    + " next.put(\"fencingToken\", row.get(\"fencingToken\")); }\n    } else"),
        Mutant.of("a handoff is conditioned on the owner only")
            .edit(
                "RowWrites.java",
                "return isHeldBy(row, handoff.ownerName(), handoff.candidates())",
                "return isText(row.get(\"ownerName\"), handoff.ownerName())"
                    + " && !row.containsKey(\"isReleased\")"),
        Mutant.of("a hold that was handed on is believed until its lease is over")
            .edit(
                "DefaultHeldLock.java",
                "if (ending.compareAndSet(null, new HoldEnd.Released())) {\n      users",
                "if (ending.get() == null) {\n      users"),
        Mutant.of("no waiter is next when the first in line gives up")
            .edit("WaitQueues.java", "loop.execute(next::becameFirst);", ""),
        Mutant.of("who comes last is served first")
            .edit(
                "WaitQueue.java",
                "return each.hasNext() ? each.next() : null;",
                "Acquisition last = null; while (each.hasNext()) { last = each.next(); } return last;"),
        Mutant.of("a client hands a lock on without end")
            .edit(
                "WaitQueue.java",
                "if (handoffs == bounds.of(Bound.HANDOFFS_IN_A_ROW)) {",
                "if (false) {"),
        Mutant.of("handoffs are counted anew whenever the line is empty")
            .edit("WaitQueues.java", "if (next == null && !isPassingOn) {", "if (next == null) {"));
  }

  private static List<Mutant> withLimits() {
    return List.of(
        Mutant.of("a limit is looked at when the user asks, and never else")
            .edit(
                "HoldLimitMonitor.java",
                "timer = loop.schedule(untilNextLook(now), this::look);",
                "timer = () -> {};")
            .edit(
                "DefaultHeldLock.java",
                "    if (limitMonitor != null) {\n      limitMonitor.check(now);\n    }\n    return",
                "    return"),
        Mutant.of("a limit is looked at by its timer only")
            .edit(
                "DefaultHeldLock.java",
                "      if (limitMonitor != null) {\n        limitMonitor.check(now);\n      }\n    }\n    if",
                "    }\n    if")
            .edit(
                "DefaultHeldLock.java",
                "return limitMonitor == null ? leased : Math.min(leased, limitMonitor.leftNanos(now));",
                "return leased;"),
        Mutant.of("only the first pulse counts")
            .edit(
                "HoldLimitMonitor.java",
                "} else if (now.nanos() > before) {",
                "} else if (before == begin) {"),
        Mutant.of("a lock that was lost by a limit is freed while its user stops")
            .edit("OwnLease.java", "lease - loop.now().monotonicSince(confirmedAt())", "0")
            .edit(
                "SharedLease.java",
                "end().claimAndCleanUpLater(job(), left,",
                "end().claimAndCleanUpLater(job(), 0,"),
        Mutant.of("a lock that was lost by a limit is kept as long as its session")
            .edit(
                "SharedLease.java",
                "end().claimAndCleanUpLater(job(), left, () -> session.remove(this));",
                "end().cleanUpWhenStopped(job());"));
  }
}
