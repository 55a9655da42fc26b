package io.github.batonlock.internal.runtime;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.concurrent.CompletableFuture;
import java.util.concurrent.Executor;
import java.util.function.Supplier;
import org.junit.jupiter.api.Test;

class DaemonThreadFactoryTest {
  private final ClassLoader another = new ClassLoader(getClass().getClassLoader()) {};

  /** What a thread makes whose class loader is another than that of the test. */
  private <T> T madeByAnother(Supplier<T> maker) {
    Thread test = Thread.currentThread();
    ClassLoader before = test.getContextClassLoader();
    test.setContextClassLoader(another);
    try {
      return maker.get();
    } finally {
      test.setContextClassLoader(before);
    }
  }

  /** Threads are made when they are needed, by whoever needs them: any thread of the user's. */
  @Test
  void threads_haveTheClassLoaderOfWhoMadeTheClient_whoeverNeedsThem() {
    Thread thread = madeByAnother(() -> new DaemonThreadFactory("d")).newThread(() -> {});
    assertThat(thread.getContextClassLoader()).isSameAs(another);
    assertThat(thread.isDaemon()).isTrue();
  }

  @Test
  void callbacks_runWithTheClassLoaderOfWhoMadeTheClient() throws Exception {
    LivePlatform platform =
        madeByAnother(() -> new LivePlatform(null, null, new LivePlatform.ThreadCounts(2, 2)));
    try {
      for (Executor executor : new Executor[] {platform.callbacks(), platform.requests()}) {
        CompletableFuture<ClassLoader> seen = new CompletableFuture<>();
        executor.execute(() -> seen.complete(Thread.currentThread().getContextClassLoader()));
        assertThat(seen.get()).isSameAs(another);
      }
    } finally {
      platform.shutdown(true);
    }
  }
}
