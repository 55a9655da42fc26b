package io.github.batonlock.internal.client;

import io.github.batonlock.HeldLock;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;

/** Who is told when one lock's renewals fail for long, and when all is well again. Any thread. */
final class WorryCallbacks {
  private final List<Consumer<? super HeldLock>> onJeopardy = new CopyOnWriteArrayList<>();
  private final List<Consumer<? super HeldLock>> onSafe = new CopyOnWriteArrayList<>();

  void onJeopardy(Consumer<? super HeldLock> callback) {
    onJeopardy.add(callback);
  }

  void onSafe(Consumer<? super HeldLock> callback) {
    onSafe.add(callback);
  }

  /** Tells those who want to know that renewals have failed for long, or that all is well again. */
  static void tell(@Nullable WorryCallbacks who, boolean worried, Notices notices, HeldLock lock) {
    if (who == null) {
      return;
    }
    String what = (worried ? "jeopardy" : "safe") + " callback of lock '" + lock.key() + "'";
    for (Consumer<? super HeldLock> callback : worried ? who.onJeopardy : who.onSafe) {
      CompletableFuture<Void> unused = notices.run(what, () -> callback.accept(lock));
    }
  }
}
