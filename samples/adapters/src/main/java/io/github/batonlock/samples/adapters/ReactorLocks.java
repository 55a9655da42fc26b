package io.github.batonlock.samples.adapters;

import io.github.batonlock.HeldLock;
import io.github.batonlock.LockClient;
import io.github.batonlock.LockRevokedException;
import java.util.function.Function;
import reactor.core.publisher.Mono;

/** Locks in Reactor pipelines; shown in docs/kotlin-reactor-virtual-threads.md. */
final class ReactorLocks {
  private ReactorLocks() {}

  // example
  static <T> Mono<T> underLock(LockClient client, String key, Function<HeldLock, Mono<T>> work) {
    return Mono.usingWhen(
            Mono.fromFuture(() -> client.acquireAsync(key)),
            lock -> work.apply(lock).takeUntilOther(loss(lock)),
            lock -> Mono.fromFuture(lock::closeAsync))
        .doOnDiscard(HeldLock.class, HeldLock::closeAsync);
  }

  private static Mono<Void> loss(HeldLock lock) {
    return Mono.create(sink -> lock.onRevoked(loss -> sink.error(new LockRevokedException(loss))));
  }
  // end
}
