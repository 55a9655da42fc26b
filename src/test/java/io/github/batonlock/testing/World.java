package io.github.batonlock.testing;

import io.github.batonlock.HeldLock;
import io.github.batonlock.LockClient;
import io.github.batonlock.LockKey;
import io.github.batonlock.LockListener;
import io.github.batonlock.LockRequest;
import io.github.batonlock.Revocation;
import io.github.batonlock.internal.client.ClientConfig;
import io.github.batonlock.internal.client.DefaultLockClient;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;
import software.amazon.awssdk.services.dynamodb.model.AttributeValue;

/** Clients of one table on virtual time. */
public final class World {
  public final VirtualTime time = new VirtualTime();
  public final InMemoryLockStore table = new InMemoryLockStore();

  /** A process with one client. */
  public final class Node {
    public final Machine machine = time.machine();
    public final FaultyStore store = new FaultyStore(time, table);
    public final LockClient client;

    Node(ClientConfig config, @Nullable LockListener listener) {
      client = DefaultLockClient.start(config, machine, store, listener);
    }

    /** Starts to acquire; nothing happens before time moves. */
    public CompletableFuture<HeldLock> acquire(Consumer<LockRequest.Builder> request) {
      LockRequest.Builder builder = LockRequest.builder().key("k");
      request.accept(builder);
      return client.acquireAsync(builder.build());
    }

    public CompletableFuture<HeldLock> acquire() {
      return acquire(request -> {});
    }

    /** Acquires a lock that is free. */
    public HeldLock acquired() {
      return acquired(request -> {});
    }

    public HeldLock acquired(Consumer<LockRequest.Builder> request) {
      CompletableFuture<HeldLock> lock = acquire(request);
      time.advance(Duration.ofMillis(10));
      return lock.join();
    }

    /** What the process is told of the end of a lock. */
    public List<Revocation> revocations(HeldLock lock) {
      List<Revocation> told = new ArrayList<>();
      lock.onRevoked(told::add);
      return told;
    }
  }

  public Node node(String owner) {
    return node(owner, config -> {});
  }

  public Node node(String owner, Consumer<ClientConfig.Draft> settings) {
    return node(owner, settings, null);
  }

  public Node node(
      String owner, Consumer<ClientConfig.Draft> settings, @Nullable LockListener listener) {
    ClientConfig.Draft draft = new ClientConfig.Draft("locks");
    draft.ownerName = owner;
    settings.accept(draft);
    return new Node(draft.build(), listener);
  }

  public void seconds(double seconds) {
    time.advance(Duration.ofNanos((long) (seconds * 1e9)));
  }

  /** An attribute of the row of lock "k", by type and value; null if absent. */
  public @Nullable AttributeValue attribute(String name) {
    Map<String, AttributeValue> row = table.row(LockKey.of("k"));
    return row == null ? null : row.get(name);
  }

  public @Nullable String owner() {
    AttributeValue owner = attribute("ownerName");
    return owner == null ? null : owner.s();
  }

  public boolean isReleased() {
    return attribute("isReleased") != null;
  }

  public String version() {
    AttributeValue version = attribute("recordVersionNumber");
    return version == null ? "" : version.s();
  }
}
