package io.github.batonlock.samples.benchmark;

import io.github.batonlock.samples.benchmark.dynamo.Store;

/** What a measure works with. */
public final class Lab {
  private final Scale scale;
  private final Store store;
  private final Store slowStub;

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

  /** Says on the console what is going on. */
  public void say(String text) {
    System.out.println(text);
  }
}
