package io.github.batonlock.samples.benchmark.contender;

import java.io.IOException;

/** A lock client at work on one table; safe for use by many threads. */
public interface Locker extends AutoCloseable {

  /** Acquires a lock, waiting as long as it takes. */
  Held acquire(String key) throws Exception;

  @Override
  void close() throws IOException;
}
