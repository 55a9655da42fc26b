package io.github.batonlock.internal.client;

import io.github.batonlock.LockClient;
import io.github.batonlock.internal.acquire.Acquisition;
import io.github.batonlock.internal.runtime.Census;
import io.github.batonlock.internal.runtime.Census.Kept;
import java.util.EnumSet;
import java.util.Set;

/**
 * What a client keeps when nobody needs it any more. For worlds on virtual time, whose one thread
 * may look into a client at any moment.
 */
public final class Leftovers {
  /**
   * What ends with its client, however that is closed. Queues without waiters do not count: the
   * task that removes one may come after the loop has ended, and it is garbage with its client.
   */
  private static final Set<Kept> ENDS_WITH_ITS_CLIENT =
      EnumSet.of(
          Kept.HOLDS,
          Kept.HELD_KEYS,
          Kept.ACQUISITIONS,
          Kept.PENDING_CALLS,
          Kept.WAITERS_IN_LINE,
          Kept.SESSION_WAITERS,
          Kept.WATCHED_KEYS);

  private Leftovers() {}

  /** Ends all that users have not ended themselves: holds, acquisitions and watches. */
  public static void giveBack(LockClient client) {
    Core core = core(client);
    boolean unused = core.loop.execute(() -> giveBack(core));
  }

  private static void giveBack(Core core) {
    core.pending.all().forEach(Acquisition::abandon);
    core.holds.holds().stream()
        .filter(hold -> !hold.spec().isSession())
        .forEach(hold -> hold.lock().discard());
    core.observers.close();
  }

  /** What a client keeps; empty for nothing. */
  public static String of(LockClient client) {
    Census census = core(client).census();
    return census.isEmpty() ? "" : census.toString();
  }

  /** What a closed client keeps of what it has to end; empty for nothing. */
  public static String afterClose(LockClient client) {
    Census census = core(client).census();
    boolean isOver = ENDS_WITH_ITS_CLIENT.stream().allMatch(kept -> census.of(kept) == 0);
    return isOver ? "" : census.toString();
  }

  private static Core core(LockClient client) {
    return ((DefaultLockClient) client).core();
  }
}
