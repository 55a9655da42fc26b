package io.github.batonlock.crac;

import io.github.batonlock.LockClient;
import java.util.Objects;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.atomic.AtomicReference;
import java.util.function.Supplier;
import org.crac.Context;
import org.crac.Core;
import org.crac.Resource;
import org.jspecify.annotations.Nullable;

/**
 * A lock client of a process that is checkpointed and restored, perhaps many times from one
 * checkpoint. The client is closed before a checkpoint, and each restored process makes one of its
 * own.
 *
 * <p>A checkpoint copies a process with all that it believes. A lock that is held at that time
 * would be held by each copy, until its next heartbeat; a session would be renewed by all copies.
 * So nothing of a client crosses a checkpoint: closing it releases its locks and ends its sessions,
 * and the next client has another owner name, other threads and no observations.
 *
 * <p><b>What it does not do.</b> It does not close what was made with a client: close recipes,
 * elections for example, before the checkpoint, and make them anew. It does not make a checkpoint
 * safe for an owner name that the user sets: the supplier leaves it to Baton, or makes another one
 * at each call. It does not close the connections of the SDK's client.
 *
 * <pre>{@code
 * static final CheckpointedClient LOCKS =
 *     CheckpointedClient.register(() -> LockClient.builder(dynamoDb, "locks").build());
 *
 * boolean done = LOCKS.get().tryRunLocked(request, lock -> report());
 * }</pre>
 *
 * <p>The global context of {@code org.crac} keeps weak references: keep this object. Where the JVM
 * takes no checkpoints, registering does nothing. Safe for use by many threads.
 */
public final class CheckpointedClient implements Resource, Supplier<LockClient>, AutoCloseable {
  private final Supplier<? extends LockClient> build;
  private final AtomicReference<@Nullable LockClient> current;
  private final AtomicBoolean closed = new AtomicBoolean();

  /**
   * Makes the first client, and registers with no context: for a context of the user's.
   *
   * @param build makes an open client that no other code closes; called now and after each restore
   */
  public CheckpointedClient(Supplier<? extends LockClient> build) {
    this.build = Objects.requireNonNull(build, "build");
    this.current = new AtomicReference<>(build.get());
  }

  /**
   * Makes the first client, and registers with the global context.
   *
   * @param build makes an open client that no other code closes; called now and after each restore
   * @return the resource; keep it
   */
  public static CheckpointedClient register(Supplier<? extends LockClient> build) {
    CheckpointedClient made = new CheckpointedClient(build);
    Core.getGlobalContext().register(made);
    return made;
  }

  /**
   * Returns the client of this process. Ask for it at each use: after a restore it is another one.
   *
   * @return an open client
   * @throws IllegalStateException if this resource is closed, or a checkpoint is being taken
   */
  @Override
  public LockClient get() {
    LockClient now = current.get();
    if (now == null) {
      throw new IllegalStateException(
          closed.get()
              ? "The CheckpointedClient is closed"
              : "A checkpoint is being taken, and no lock may be held meanwhile: begin the work"
                  + " after the restore");
    }
    return now;
  }

  /**
   * Closes the client: its locks are released, as {@link LockClient#close} says.
   *
   * @param context not used
   */
  @Override
  public void beforeCheckpoint(Context<? extends Resource> context) {
    closeCurrent();
  }

  /**
   * Makes the next client. Sends no request.
   *
   * @param context not used
   */
  @Override
  public void afterRestore(Context<? extends Resource> context) {
    if (closed.get() || current.get() != null) {
      return;
    }
    LockClient made = build.get();
    if (!current.compareAndSet(null, made)) {
      made.close();
    }
    if (closed.get()) {
      closeCurrent();
    }
  }

  /** Closes the client for good. A second call does nothing. */
  @Override
  public void close() {
    closed.set(true);
    closeCurrent();
  }

  private void closeCurrent() {
    LockClient last = current.getAndSet(null);
    if (last != null) {
      last.close();
    }
  }

  @Override
  public String toString() {
    LockClient now = current.get();
    return "CheckpointedClient(" + (now == null ? "no client now" : now.toString()) + ")";
  }
}
