package io.github.batonlock.samples.benchmark.measure;

import java.io.IOException;
import java.nio.ByteOrder;
import java.nio.MappedByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.time.Duration;
import java.util.concurrent.TimeUnit;

/**
 * How often each lock was acquired, in a file that all waiters' processes map into their memory. So
 * the last holder knows, without a request, when another one has the lock and it may wait again.
 */
final class TurnBoard {
  private static final int LOCKS = 64;
  private static final long LOOK_NANOS = Duration.ofMillis(2).toNanos();

  private final MappedByteBuffer counts;

  private TurnBoard(MappedByteBuffer counts) {
    this.counts = counts;
  }

  static TurnBoard open(Path file) throws IOException {
    try (FileChannel channel =
        FileChannel.open(
            file, StandardOpenOption.CREATE, StandardOpenOption.READ, StandardOpenOption.WRITE)) {
      MappedByteBuffer counts =
          channel.map(FileChannel.MapMode.READ_WRITE, 0, (long) LOCKS * Long.BYTES);
      counts.order(ByteOrder.nativeOrder());
      return new TurnBoard(counts);
    }
  }

  /** Counts a turn; only by the holder of the lock. */
  long begin(int lock) {
    long turn = counts.getLong(lock * Long.BYTES) + 1;
    counts.putLong(lock * Long.BYTES, turn);
    return turn;
  }

  /** Waits until somebody else has had a turn, or a time has come. */
  void awaitOther(int lock, long turn, long end) throws InterruptedException {
    while (counts.getLong(lock * Long.BYTES) == turn && System.nanoTime() < end) {
      TimeUnit.NANOSECONDS.sleep(LOOK_NANOS);
    }
  }
}
