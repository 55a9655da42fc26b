package io.github.batonlock.simulation;

import java.util.List;

/** The mistakes that show where callbacks and tables are at their worst. */
final class WorldMutants {
  private WorldMutants() {}

  static List<Mutant> all() {
    return List.of(
        Mutant.of(Story.Kind.GROUP, "a listener that throws is the last one of its group")
            .edit(
                "Serial.java",
                "    } finally {\n      if (left.decrementAndGet() != 0) {",
                "    } finally {\n    }\n    {\n      if (left.decrementAndGet() != 0) {"),
        Mutant.of(Story.Kind.SEVERAL, "that a table has no transactions is not learned")
            .edit("JointEntry.java", "      hasTransactions.set(false);\n", ""),
        Mutant.of(Story.Kind.SEVERAL, "what was taken before another was refused is not given back")
            .edit(
                "JointEntry.java",
                "CompletableFuture<Void> unused = Acquiring.closeAll(all);",
                "CompletableFuture<Void> unused = CompletableFuture.completedFuture(null);"));
  }
}
