package io.github.batonlock.samples.benchmark.dynamo;

/**
 * How many requests of each price were sent, for items of up to 1 KB.
 *
 * @param writes conditional writes, granted or refused; a statement of a batch is one
 * @param consistentReads strongly consistent reads, one read unit each
 * @param eventualReads eventually consistent reads, half a read unit each
 */
public record Counts(double writes, double consistentReads, double eventualReads) {

  /** All requests. */
  public double total() {
    return writes + reads();
  }

  /** The reads of both kinds. */
  public double reads() {
    return consistentReads + eventualReads;
  }

  /** What was counted since an earlier moment. */
  public Counts since(Counts earlier) {
    return new Counts(
        writes - earlier.writes,
        consistentReads - earlier.consistentReads,
        eventualReads - earlier.eventualReads);
  }

  /** The sum of two counts. */
  public Counts plus(Counts other) {
    return new Counts(
        writes + other.writes,
        consistentReads + other.consistentReads,
        eventualReads + other.eventualReads);
  }

  /** The same, for one of so many. */
  public Counts per(double divisor) {
    return new Counts(writes / divisor, consistentReads / divisor, eventualReads / divisor);
  }
}
