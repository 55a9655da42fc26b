package io.github.batonlock.simulation;

import java.util.List;

/** The mistakes that show in what recipes promise, and in what askers are promised. */
final class RecipeMutants {
  private RecipeMutants() {}

  static List<Mutant> all() {
    return List.of(
        Mutant.of(Story.Kind.GROUP, "an update of data is conditioned on versions only")
            .edit("RowWrites.java", "&& (update == null ||", "&& (true ||"),
        Mutant.of(Story.Kind.GROUP, "a member that was found dead keeps its lock")
            .edit(
                "Group.java",
                "takeLock(member)",
                "CompletableFuture.<HeldLock>completedFuture(null)")
            .edit(
                "Group.java",
                "Acquiring.under(lock, () -> remove(member))",
                "Acquiring.attempt(() -> remove(member))"),
        Mutant.of(Story.Kind.GROUP, "an older list is taken for news")
            .edit(
                "Group.java",
                "if (list != null && list.isOlderThan(seen)) {",
                "if (list == null) {")
            .edit("Group.java", "if (!closed && !list.isOlderThan(seen)) {", "if (!closed) {"),
        Mutant.of(Story.Kind.GROUP, "a dead member is not taken out of the list")
            .edit(
                "SuccessorMonitor.java",
                "case DEAD -> failed.accept(look.member);",
                "case DEAD -> {}"),
        Mutant.of(
                Story.Kind.GROUP, "a member with a lower term than its predecessor stays unlisted")
            .edit(
                "Group.java",
                "? updater.apply(now -> now.with(member, other))",
                "? CompletableFuture.completedFuture(list)"),
        Mutant.of(Story.Kind.ELECTION, "a leader leads until it is told of the end")
            .edit(
                "HoldOfOneLock.java",
                "return !hasEnded() && lock.isHeld();",
                "return !hasEnded();"),
        Mutant.of(Story.Kind.ELECTION, "the work of a term goes on after its end")
            .edit("TermWork.java", "begun.interrupt();", ""),
        Mutant.of(Story.Kind.ELECTION, "a leader who gives up does not wait for the work")
            .edit(
                "TermNotifier.java",
                "work.done().whenComplete((done, never) -> state.execute(stopped));",
                "CompletableFuture.runAsync(stopped, state);"),
        Mutant.of(Story.Kind.ELECTION, "a leader yields to a candidate of its own rank")
            .edit("Challenge.java", "options.rank() > seen.rank()", "options.rank() >= seen.rank()")
            .edit(
                "Handover.java", "claim.rank() > options.rank()", "claim.rank() >= options.rank()"),
        Mutant.of(Story.Kind.ELECTION, "a leader yields to a candidate that does not answer")
            .edit(
                "Handover.java",
                "boolean isWanted = named.reason == Reason.HANDED_OVER;",
                "boolean isWanted = true;"),
        Mutant.of(Story.Kind.ELECTION, "a leader yields to none")
            .edit("Handover.java", "ifPresent(this::claims);", "isPresent();"),
        Mutant.of(Story.Kind.ELECTION, "another candidate leads than the one that a leader names")
            .edit(
                "HandoverPreference.java",
                "if (heir == null || heir.equals(candidateId)) {",
                "if (true) {"),
        Mutant.of(Story.Kind.SEMAPHORE, "a semaphore has a permit more than it says")
            .edit(
                "CountedSemaphore.java",
                "IntStream.range(0, permits)",
                "IntStream.rangeClosed(0, permits)"),
        Mutant.of(Story.Kind.READERS, "a writer leaves out one permit")
            .edit(
                "SharedExclusiveLock.java",
                "begin(gate, permits)",
                "begin(gate, permits.subList(1, permits.size()))"),
        Mutant.of(Story.Kind.SEVERAL, "locks that were wanted together are taken for granted")
            .edit(
                "TransactionalAcquisition.java",
                "return item.hasVersion(versions.get(i))\n",
                "return (true || item.hasVersion(versions.get(i)))\n"),
        Mutant.of(Story.Kind.ASKING, "a waiter that has asked does not know what is kept for it")
            .edit("TakeoverPolicy.java", "|| reservations.contains(item.version())", "|| false"),
        Mutant.of(Story.Kind.RUNS, "the grant of a run is taken for a run that is not done")
            .edit("RunAttempt.java", "if (before.isPresent()) {", "if (false) {"),
        Mutant.of(Story.Kind.RUNS, "a run is told as done before its record is confirmed")
            .edit(
                "RunAttempt.java",
                "Void unused = support.awaitUninterruptibly(lock.updateDataAsync(record));",
                "var unused = lock.updateDataAsync(record);"),
        Mutant.of(Story.Kind.RUNS, "work that has failed is recorded as done")
            .edit(
                "RunAttempt.java",
                "work.run(lock);\n    record(lock);",
                "try {\n      work.run(lock);\n    } finally {\n      record(lock);\n    }"),
        Mutant.of(Story.Kind.MINIMUM, "a lock that is to stay closed is handed on")
            .edit(
                "Releases.java",
                "if (job.staysClosed(loop.now())) {\n      release.free();",
                "if (false) {\n      release.free();"),
        Mutant.of(
                Story.Kind.MINIMUM, "a lock stays closed for a lease, not for the rest of its time")
            .edit(
                "Releases.java",
                "named, version, rest, hasRoom,",
                "named, version, job.terms().lease(), hasRoom,"),
        Mutant.of(
                Story.Kind.MINIMUM, "a client takes the lock that it is about to close for a ghost")
            .edit(
                "Releases.java",
                "if (job.staysClosed(loop.now())) {\n      release.free();",
                "if (job.staysClosed(loop.now())) {\n"
                    + "      versions.retire(job.versions());\n      release.free();"),
        Mutant.of(Story.Kind.MINIMUM, "a session ends, or forgets, a lock that is not closed yet")
            .edit(
                "SharedLease.java",
                "} else if (lock().revocation().isEmpty() && staysClosed()) {",
                "} else if (false) {"),
        Mutant.of(
                Story.Kind.MINIMUM,
                "closing a client frees what is to stay closed with its session")
            .edit("SharedLease.java", "    if (staysClosed()) {\n", "    if (false) {\n"));
  }
}
