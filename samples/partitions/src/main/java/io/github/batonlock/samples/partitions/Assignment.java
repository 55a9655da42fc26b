package io.github.batonlock.samples.partitions;

import java.nio.charset.StandardCharsets;
import java.util.Collection;
import java.util.Comparator;
import java.util.Optional;
import java.util.UUID;

/**
 * Who works on which partition, by rendezvous hashing: the member whose hash with the partition's
 * number is the highest. Each worker computes it alone. When a member goes, only its partitions
 * move; when one comes, only those that it gets.
 */
final class Assignment {
  static final int PARTITIONS = 64;

  private Assignment() {}

  /** The member that should work on a partition; empty if there are no members. */
  static Optional<String> ownerOf(int partition, Collection<String> members) {
    return members.stream()
        .max(
            Comparator.comparingLong((String member) -> weight(member, partition))
                .thenComparing(Comparator.naturalOrder()));
  }

  private static long weight(String member, int partition) {
    String both = member + "/" + partition;
    return UUID.nameUUIDFromBytes(both.getBytes(StandardCharsets.UTF_8)).getMostSignificantBits();
  }
}
