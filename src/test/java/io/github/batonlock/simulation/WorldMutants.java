package io.github.batonlock.simulation;

import java.util.List;

/** The mistakes that show where executors, callbacks, users and tables are at their worst. */
final class WorldMutants {
  private WorldMutants() {}

  static List<Mutant> all() {
    return List.of(
        Mutant.of(Story.Kind.GROUP, "a listener that throws is the last one of its group")
            .edit(
                "SerialExecutor.java",
                "    } finally {\n      if (left.decrementAndGet() != 0) {",
                "    } finally {\n    }\n    {\n      if (left.decrementAndGet() != 0) {"),
        Mutant.of(Story.Kind.SEVERAL, "that a table has no transactions is not learned")
            .edit("JointEntry.java", "      hasTransactions.set(false);\n", ""),
        Mutant.of(Story.Kind.SEVERAL, "what was taken before another was refused is not given back")
            .edit(
                "LocksInHand.java",
                "CompletableFuture<Void> unused = Acquiring.closeAll(locks);",
                "CompletableFuture<Void> unused = CompletableFuture.completedFuture(null);"),
        Mutant.of("an answer without an item is taken for one that says that there is none")
            .edit(
                "RefusalReads.java",
                "      if (answer.applied() || answer.item().isKnown()) {\n        answered.accept(answer);",
                "      if (true) {\n        answered.accept(answer.applied() || answer.item().isKnown() ? answer :"
                    + " new WriteAnswer(false, StoredItem.ABSENT, answer.retried(), answer.serverDate()));"),
        Mutant.of("a refusal without an item is certain whatever was sent before it")
            .edit(
                "RefusalReads.java",
                "unknown(List.of(write.key()), failure, answer.retried())",
                "unknown(List.of(write.key()), failure, false)"),
        Mutant.of("what the user's executor refuses is not offered to the client's own threads")
            .edit(
                "CallbackExecutor.java",
                "      refused.happened(refusal);\n",
                "      refused.happened(refusal);\n      if (true) { return null; }\n"),
        Mutant.of("a callback for which no thread can be made is dropped")
            .edit(
                "CallbackExecutor.java",
                "if (refusal != null && !waits(task, refusal)) {",
                "if (false) {"),
        Mutant.of("a callback that waits for a thread is offered once more, and then never")
            .edit(
                "CallbackExecutor.java",
                "        offerAgainIn(Math.min(2 * lastPause, LONGEST_PAUSE));\n",
                ""),
        Mutant.of("of what an executor throws only a rejection is caught")
            .edit(
                "CallbackExecutor.java",
                "      } catch (Throwable t) {\n        // It may have taken",
                "      } catch (RejectedExecutionException t) {\n        // It may have taken"),
        Mutant.of("an attempt ends only if its user cancels the future")
            .edit(
                "DefaultLockClient.java",
                "if (!acquisition.result().isDone()) {",
                "if (forUser.isCancelled()) {"),
        Mutant.of(Story.Kind.SEMAPHORE, "a permit that comes for a user who has gone is kept")
            .edit(
                "PendingAcquisition.java",
                "CompletableFuture<Void> unused = value.closeAsync();",
                "CompletableFuture<Void> unused = CompletableFuture.completedFuture(null);"),
        Mutant.of(Story.Kind.GROUP, "who joins for a caller who has gone stays a member")
            .edit(
                "Joining.java",
                "return result.isDone() ? new CancellationException() : entrance.refusal();",
                "return entrance.refusal();")
            .edit(
                "Joining.java",
                "CompletableFuture<Void> unusedToo = membership.closeAsync();",
                "CompletableFuture<Void> unusedToo = CompletableFuture.completedFuture(null);"));
  }
}
