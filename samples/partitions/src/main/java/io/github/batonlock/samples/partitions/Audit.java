package io.github.batonlock.samples.partitions;

import io.github.batonlock.samples.partitions.Results.Entry;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;

/** What must be true of all entries the table has taken. Knows nothing of locks. */
final class Audit {
  private final Map<Integer, List<Entry>> entries;
  private final List<String> faults = new ArrayList<>();
  private int units;
  private int handOvers;

  /**
   * Checks the entries.
   *
   * @param entries by partition, in the order in which the table took them
   */
  Audit(Map<Integer, List<Entry>> entries) {
    this.entries = entries;
    entries.forEach(this::check);
  }

  private void check(int partition, List<Entry> ofPartition) {
    Entry last = null;
    for (Entry entry : ofPartition) {
      if (last != null) {
        check(partition, last, entry);
      }
      units += entry.isWork() ? 1 : 0;
      last = entry;
    }
  }

  private void check(int partition, Entry last, Entry next) {
    if (next.token() < last.token()) {
      faults.add("partition " + partition + ": a lower token, " + next + " after " + last);
    }
    if (next.token() == last.token() && !next.worker().equals(last.worker())) {
      faults.add("partition " + partition + ": a token of two workers, " + next + " after " + last);
    }
    if (next.from() < last.to()) {
      faults.add("partition " + partition + ": two at a time, " + next + " during " + last);
    }
    if (!next.worker().equals(last.worker())) {
      handOvers++;
    }
  }

  /**
   * Checks that partitions were worked on again after their worker was killed.
   *
   * @param partitions those of the killed worker
   * @param killed its name
   * @param killedAt when, in milliseconds since 1970
   * @param limit how long it may take until another worker has claimed a partition
   * @return how long the last one took
   */
  Duration checkTakenOver(Set<Integer> partitions, String killed, long killedAt, Duration limit) {
    Set<Integer> missing = new HashSet<>(partitions);
    long latest = killedAt;
    for (int partition : partitions) {
      for (Entry entry : entries.get(partition)) {
        if (!entry.worker().equals(killed)
            && entry.from() > killedAt
            && missing.remove(partition)) {
          latest = Math.max(latest, entry.from());
        }
      }
    }
    if (!missing.isEmpty()) {
      faults.add("partitions " + missing + " of " + killed + " were not worked on again");
    }
    Duration took = Duration.ofMillis(latest - killedAt);
    if (took.compareTo(limit) > 0) {
      faults.add("a partition of " + killed + " lay idle for " + took + ", longer than " + limit);
    }
    return took;
  }

  List<String> faults() {
    return List.copyOf(faults);
  }

  int units() {
    return units;
  }

  int handOvers() {
    return handOvers;
  }
}
