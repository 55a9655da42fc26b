package io.github.batonlock.samples.benchmark;

import io.github.batonlock.samples.benchmark.dynamo.Store;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;

/** What a measure works with. */
public final class Lab {
  private final Scale scale;
  private final Store store;
  private final Store slowStub;
  private final Map<Fact, Double> facts = new ConcurrentHashMap<>();

  Lab(Scale scale, Store store, Store slowStub) {
    this.scale = scale;
    this.store = store;
    this.slowStub = slowStub;
  }

  /** How much to measure. */
  public Scale scale() {
    return scale;
  }

  /** The lock table. */
  public Store store() {
    return store;
  }

  /** An endpoint that answers everything, 5 ms later. */
  public Store slowStub() {
    return slowStub;
  }

  /** Keeps a figure for a later measure. */
  public void note(Fact fact, double value) {
    facts.put(fact, value);
  }

  /** A figure of an earlier measure; NaN if that one did not run. */
  public double recall(Fact fact) {
    return facts.getOrDefault(fact, Double.NaN);
  }

  /** Says on the console what is going on. */
  public void say(String text) {
    System.out.println(text);
  }
}
