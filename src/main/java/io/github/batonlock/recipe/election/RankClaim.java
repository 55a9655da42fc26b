package io.github.batonlock.recipe.election;

import java.util.Optional;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * The claim of a candidate that waits: its rank. The claim is the reason of a release request, so
 * that it needs nothing that a lock item does not have.
 *
 * @param candidateId the candidate
 * @param rank its rank
 */
record RankClaim(String candidateId, int rank) {
  private static final Pattern TEXT =
      Pattern.compile("candidate of rank (-?\\d{1,10}) waits: (.+)", Pattern.DOTALL);

  /** The reason of the release request. */
  String reason() {
    return "candidate of rank " + rank + " waits: " + candidateId;
  }

  /** Reads a claim; empty for the reason of a request that no candidate has sent. */
  static Optional<RankClaim> parse(String reason) {
    Matcher text = TEXT.matcher(reason);
    if (!text.matches()) {
      return Optional.empty();
    }
    try {
      return Optional.of(new RankClaim(text.group(2), Integer.parseInt(text.group(1))));
    } catch (NumberFormatException e) {
      return Optional.empty();
    }
  }
}
