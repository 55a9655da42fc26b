package io.github.batonlock.simulation;

import java.util.List;

/** The mistakes that show in calls that do not end, worries, order, and what is left behind. */
final class EyeMutants {
  private EyeMutants() {}

  static List<Mutant> all() {
    return List.of(
        // Calls.
        Mutant.of("updates of a hold that is over never end")
            .edit("LeaseRenewer.java", "updates.fail(lock::overException);", ""),
        Mutant.of("a close never ends where the table does not answer")
            .edit(
                "HoldRelease.java",
                "bound = loop.schedule(longest, this::outOfTime);",
                "bound = () -> {};"),

        // Worries.
        Mutant.of("a lock is in jeopardy and no listener is told")
            .edit("LeaseExpiryTimer.java", "    if (begins) {", "    if (false) {"),
        Mutant.of("a lock that is renewed in the end stays in jeopardy")
            .edit("LeaseExpiryTimer.java", "      lock.jeopardy(false);\n", ""),
        Mutant.of("a lock that is taken in its session's jeopardy is not told of it")
            .edit(
                "DefaultHeldLock.java",
                "if (session != null && session.isInJeopardy()) {",
                "if (false) {"),

        // Order.
        Mutant.of(Story.Kind.FAIR, "a waiter that goes takes those it has passed by along")
            .edit(
                "TicketQueue.java",
                "Acquiring.attempt(() -> place().updateDataAsync(before))",
                "CompletableFuture.<Void>completedFuture(null)"),
        Mutant.of(Story.Kind.FAIR, "a ticket of another waiter is deleted when its taker goes")
            .edit(
                "TicketQueue.java",
                "lock(ticketNamed(name), wait).onlyIfExists(true).build()",
                "lock(ticketNamed(name), wait).onlyIfExists(true).deleteOnRelease(true).build()"),
        Mutant.of(Story.Kind.SEMAPHORE, "a waiter whose permit went elsewhere is the last")
            .edit(
                "Waiters.java",
                """
                    while (all.hasNext()) {
                      PendingAcquisition<T> waiter = all.next();
                      all.remove();
                """,
                """
                    while (!waiting.isEmpty()) {
                      var waiter = waiting.stream().reduce((a, b) -> b).orElseThrow();
                      waiting.remove(waiter);
                """),

        // First sight.
        Mutant.of("a stamp is the lower bound of the table's clock")
            .edit(
                "OwnVersions.java",
                "return SentBefore.stamp(version, tableClock.upperBound(sentAt));",
                "return SentBefore.stamp(version, tableClock.lowerBound(sentAt));"),
        Mutant.of("the errors of the table's hosts are forgotten")
            .edit(
                "FirstSightRule.java",
                "maxDateError.multipliedBy(2).plus(MARGIN);",
                "Duration.ZERO;"),
        Mutant.of("a lease is forgotten at first sight")
            .edit("FirstSightRule.java", "roundedUp(wait.plus(errors))", "roundedUp(errors)"),
        Mutant.of("the table's clock does not count what a suspend took")
            .edit(
                "TableClock.java",
                "(Math.max(later.monotonicSince(earlier), wall) / 8 + 1) * 9",
                "(later.monotonicSince(earlier) / 8 + 1) * 9"),

        // What is left behind.
        Mutant.of("a line stays when no waiter stands in it")
            .edit("WaitQueues.java", "byKey.remove(key, queue)", "byKey.get(key) == queue"),
        Mutant.of("an acquisition that is over goes on waiting for a session")
            .edit("Acquisition.java", "    observer.leave(this);\n", ""));
  }
}
