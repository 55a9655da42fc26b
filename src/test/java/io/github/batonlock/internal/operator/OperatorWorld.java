package io.github.batonlock.internal.operator;

import io.github.batonlock.LockKey;
import io.github.batonlock.internal.config.ClientConfig;
import io.github.batonlock.internal.virtual.FaultyStore;
import io.github.batonlock.internal.virtual.Machine;
import io.github.batonlock.internal.virtual.VirtualTime;
import io.github.batonlock.support.World;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.OptionalLong;

/** An operator beside the clients of a world, with the table's clock in all answers. */
public final class OperatorWorld {
  public static final LockKey K = LockKey.of("k");

  public final World world;
  public final Machine machine;
  public final FaultyStore store;
  public final OperatorTable table;
  public final LockReader reader;
  public final LockBreaker breaker;
  public final LockFreezer freezer;

  /** What the operator was told meanwhile. */
  public final List<String> told = new ArrayList<>();

  public OperatorWorld(World world) {
    this.world = world;
    this.machine = world.time.machine();
    this.store = new FaultyStore(world.time, world.table);
    ClientConfig.Draft draft = new ClientConfig.Draft("locks");
    draft.ownerName = "alice@ops";
    this.table = new OperatorTable(draft.build(), machine, store);
    this.reader = new LockReader(table);
    this.breaker = new LockBreaker(table, told::add);
    this.freezer = new LockFreezer(table, owner -> world.node(owner).client);
    world.table.setServerDate(
        () -> Instant.ofEpochSecond((VirtualTime.EPOCH + world.time.elapsed().toMillis()) / 1_000));
  }

  public LockRow row() throws InterruptedException {
    return reader.read(K);
  }

  public static LockBreaker.Shown shown(long token) {
    return new LockBreaker.Shown(K, OptionalLong.of(token), Optional.empty(), "stuck");
  }

  public LockBreaker.Result breakNow(long token) throws InterruptedException {
    return breaker.breakNow(shown(token));
  }

  public LockBreaker.Result breakGently(long token) throws InterruptedException {
    return breaker.breakGently(shown(token), Duration.ofSeconds(20));
  }

  public LockFreezer.Result freeze(Duration length) throws InterruptedException {
    return freeze(length, Duration.ZERO);
  }

  public LockFreezer.Result freeze(Duration length, Duration patience) throws InterruptedException {
    return freezer.freeze(K, new FreezeNote("alice@ops", "migration"), length, patience, false);
  }
}
