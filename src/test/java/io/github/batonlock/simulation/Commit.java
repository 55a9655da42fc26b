package io.github.batonlock.simulation;

import io.github.batonlock.LockKey;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * One change of one row.
 *
 * @param number how many changes came before it
 * @param at nanoseconds since the world began
 * @param key the row
 * @param by what changed it; for what no client of ours did, its name
 * @param send the write, if one of our clients sent it
 * @param before the row before
 * @param after the row after
 * @param monotonic every node's monotonic clock at this moment, by the node's number
 */
record Commit(
    int number,
    long at,
    LockKey key,
    String by,
    @Nullable Send send,
    Row before,
    Row after,
    List<Long> monotonic) {
  @Override
  public String toString() {
    return by + ": " + before + " -> " + after;
  }
}
