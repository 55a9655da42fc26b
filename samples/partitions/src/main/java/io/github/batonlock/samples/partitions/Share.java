package io.github.batonlock.samples.partitions;

import io.github.batonlock.LockClient;
import io.github.batonlock.recipe.group.Member;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;

/**
 * The partitions of one worker: works on those that are its own by the list of members, each on a
 * thread, and lets go of the others. That two workers see two lists for a while does no harm: the
 * partition's lock decides.
 */
final class Share {
  private final String worker;
  private final LockClient client;
  private final Results results;

  private final Map<Integer, PartitionWork> works = new HashMap<>();
  private Set<Integer> own = Set.of();
  private boolean stopped;

  Share(String worker, LockClient client, Results results) {
    this.worker = worker;
    this.client = client;
    this.results = results;
  }

  /** Works on what is this worker's own among these members. */
  synchronized void assign(List<Member> members) {
    if (stopped) {
      return;
    }
    List<String> ids = members.stream().map(Member::id).toList();
    Set<Integer> assigned = new HashSet<>();
    for (int partition = 0; partition < Assignment.PARTITIONS; partition++) {
      if (Assignment.ownerOf(partition, ids).filter(worker::equals).isPresent()) {
        assigned.add(partition);
      }
    }
    own = assigned;
    works.forEach(
        (partition, work) -> {
          if (!own.contains(partition)) {
            work.stop();
          }
        });
    own.forEach(this::start);
  }

  /** Ends all work; returns when it has ended and the locks are free. */
  synchronized void stop() throws InterruptedException {
    stopped = true;
    own = Set.of();
    works.values().forEach(PartitionWork::stop);
    while (!works.isEmpty()) {
      wait();
    }
  }

  private void start(int partition) {
    if (!works.containsKey(partition)) {
      PartitionWork work = new PartitionWork(client, results, worker, partition);
      works.put(partition, work);
      new Thread(() -> run(partition, work), "partition-" + partition).start();
    }
  }

  private void run(int partition, PartitionWork work) {
    try {
      work.run();
      ended(partition);
    } catch (Exception e) {
      e.printStackTrace();
      System.exit(1);
    }
  }

  /** It may still be our own, or have become so again while its work was ending. */
  private synchronized void ended(int partition) {
    works.remove(partition);
    if (own.contains(partition)) {
      start(partition);
    }
    notifyAll();
  }
}
