package io.github.batonlock.support;

import java.util.concurrent.RejectedExecutionException;
import java.util.stream.Stream;

/** What user code and executors throw. */
public final class Throwing {
  private Throwing() {}

  /** One of each kind: what an executor should throw, what it should not, and errors. */
  public static Stream<Throwable> kinds() {
    return Stream.of(
        new RejectedExecutionException("full"),
        new IllegalStateException("not in this state"),
        new AssertionError("a bug"),
        new OutOfMemoryError("unable to create native thread"),
        new Exception("checked, from a language that does not check"));
  }

  /** Throws it as it is. */
  @SuppressWarnings({"unchecked", "DoNotCallSuggester"})
  public static <T extends Throwable> void sneaky(Throwable thrown) throws T {
    throw (T) thrown;
  }
}
