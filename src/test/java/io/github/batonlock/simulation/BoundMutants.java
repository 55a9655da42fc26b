package io.github.batonlock.simulation;

import java.util.List;

/** The mistakes that show beyond a bound: in worlds where bounds are small. */
final class BoundMutants {
  private BoundMutants() {}

  static List<Mutant> all() {
    return List.of(
        // What one request takes is no limit of what is known.
        Mutant.of("with as many candidates as a condition names, only reads follow")
            .edit(
                "HoldVersions.java",
                "isShown || candidates.size() < known.most()",
                "candidates.size() < named.most()"),
        Mutant.of("versions that a condition does not name are forgotten")
            .edit(
                "HoldVersions.java",
                "return firstAndNewest(candidates(), named);",
                "candidates.keySet().retainAll(firstAndNewest(candidates(), named));"
                    + " return candidates();"),
        Mutant.of("a condition names the newest versions only, not the one that was shown")
            .edit(
                "HoldVersions.java",
                "condition.add(versions.get(0));",
                "condition.add(versions.get(left));"),
        Mutant.of("a release names all its versions, however many")
            .edit(
                "HoldRequests.java",
                "return HoldVersions.firstAndNewest("
                    + "known, config.bounds().limit(Bound.CONDITION_VERSIONS));",
                "return known;"),
        Mutant.of("a release that is refused by another version of its own is given up")
            .edit(
                "Releases.java",
                "if (standing != null && !named.contains(standing)) {",
                "if (false) {"),

        // What a waiter needs is the waiter's.
        Mutant.of("what a waiter has observed is forgotten for want of room")
            .edit("WaitQueues.java", "    observations.retain(key);\n", "")
            .edit("WaitQueues.java", "      observations.release(key, loop.now().nanos());\n", ""),
        Mutant.of("since when a session's item is missing is forgotten")
            .edit(
                "Observations.java",
                "long since = before == null ? now : before;",
                "long since = now;"),

        // What needs no memory.
        Mutant.of("a write under way is taken for a ghost")
            .edit("TakeoverPolicy.java", "&& !claims.contains(item.version())", "&& true"),
        Mutant.of("a hold of one's own is taken for a ghost")
            .edit("TakeoverPolicy.java", "&& !holds.isHeldHere(key)", "&& true")
            .edit(
                "TakeoverPolicy.java", "&& !holds.isNamedByAHold(key, item.version())", "&& true"),
        Mutant.of("a hold that was lost by a limit is taken for a ghost while its work goes on")
            .edit("HoldRelease.java", "    releases.claim(job.versions());\n", ""),

        // The list of a group.
        Mutant.of(Story.Kind.GROUP, "a list becomes as long as its members are many")
            .edit(
                "MemberListUpdater.java",
                "if (after.size() <= most || after.size() <= before.size()) {",
                "if (true) {"));
  }
}
