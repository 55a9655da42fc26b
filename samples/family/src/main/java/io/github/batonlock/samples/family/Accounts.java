package io.github.batonlock.samples.family;

import io.github.batonlock.HeldLock;
import io.github.batonlock.LockClient;
import io.github.batonlock.LockNotAcquiredException;
import io.github.batonlock.recipe.MultiLock;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;

/** Several locks at once: a transfer has both accounts, or neither. */
final class Accounts {
  private static final List<String> ACCOUNTS = List.of("account/1", "account/2", "account/3");

  private Accounts() {}

  static boolean play(Scene scene) throws Exception {
    List<String> names = List.copyOf(scene.clients().keySet());
    List<Bound> bounds = new ArrayList<>();
    for (String account : ACCOUNTS) {
      bounds.add(new Bound(scene.timeline(), "at " + account, 1));
    }
    for (int i = 0; i < ACCOUNTS.size(); i++) {
      int from = i;
      int to = (i + 1) % ACCOUNTS.size();
      String who = names.get(i % names.size());
      MultiLock both = MultiLock.of(scene.clients().get(who), ACCOUNTS.get(from), ACCOUNTS.get(to));
      scene
          .crew()
          .start(
              () -> {
                try (MultiLock.HeldLocks locks = both.acquire(Duration.ofSeconds(30))) {
                  bounds.get(from).visit(who, "takes from " + ACCOUNTS.get(from));
                  bounds.get(to).visit(who, "gives to " + ACCOUNTS.get(to));
                  locks.ensureHeld();
                }
              });
    }
    scene.crew().join();
    return bounds.stream().allMatch(bound -> bound.wasKept(2)) && refusalNamesTheHolder(scene);
  }

  private static boolean refusalNamesTheHolder(Scene scene) throws Exception {
    List<Map.Entry<String, LockClient>> two = List.copyOf(scene.clients().entrySet());
    try (HeldLock held = two.get(0).getValue().acquire(ACCOUNTS.get(1))) {
      MultiLock all = MultiLock.of(two.get(1).getValue(), ACCOUNTS.toArray(String[]::new));
      all.acquire(Duration.ZERO).close();
      scene.timeline().add(two.get(1).getKey(), "GOT WHAT IS HELD: " + held);
      return false;
    } catch (LockNotAcquiredException e) {
      String holder = e.holder().map(info -> info.ownerName()).orElse("nobody");
      scene.timeline().add(two.get(1).getKey(), e.key() + " is held by " + holder);
      return holder.equals(two.get(0).getKey());
    }
  }
}
