package io.github.batonlock.samples.liveness;

import io.github.batonlock.HeldLock;
import io.github.batonlock.LockClient;
import io.github.batonlock.LockKey;
import io.github.batonlock.LockWatch;
import io.github.batonlock.Liveness;
import io.github.batonlock.samples.common.Timeline;
import java.io.BufferedReader;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Optional;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.TimeUnit;

/**
 * Bob watches Alice's session, by reads only: she is alive, then she is killed, is suspect, and
 * dead. Her locks are his at once then.
 */
final class FailureDetection {
  /** From a heartbeat, a lease; from the kill, less by up to an interval. */
  private static final Duration SOONEST = Scene.LEASE.minusSeconds(2);

  private final Scene scene;
  private final BlockingQueue<LockWatch.State> seen = new LinkedBlockingQueue<>();

  private FailureDetection(Scene scene) {
    this.scene = scene;
  }

  static boolean play(Scene scene) throws Exception {
    return new FailureDetection(scene).play();
  }

  private boolean play() throws Exception {
    Process alice = start();
    try (LockClient bob = scene.client("bob")) {
      LockKey session = sessionOf(alice);
      scene.timeline().add(Holder.NAME, "holds " + Holder.KEYS + " by one session");
      try (LockWatch watch = bob.watch(session, this::tell)) {
        if (!sees(Liveness.UNKNOWN) || !sees(Liveness.ALIVE)) {
          return false;
        }
        alice.destroyForcibly().waitFor();
        Duration killed = scene.timeline().elapsed();
        scene.timeline().add("liveness", "kills " + Holder.NAME);
        if (!sees(Liveness.SUSPECT) || !sees(Liveness.DEAD)) {
          return false;
        }
        Duration took = scene.timeline().elapsed().minus(killed);
        scene.timeline().add("bob", "has known it " + Timeline.show(took) + " after the kill");
        boolean isDead = watch.current().liveness() == Liveness.DEAD;
        return isDead && took.compareTo(SOONEST) > 0 && takesAll(bob);
      }
    } finally {
      alice.destroyForcibly();
    }
  }

  private void tell(LockWatch.State state) {
    String silent = state.silent().isZero() ? "" : ", silent for " + Timeline.show(state.silent());
    scene.timeline().add("bob", "sees " + Holder.NAME + " " + state.liveness() + silent);
    seen.add(state);
  }

  /** Waits for the next change. */
  private boolean sees(Liveness expected) throws InterruptedException {
    LockWatch.State state = seen.poll(Scene.PATIENCE.toSeconds(), TimeUnit.SECONDS);
    if (state == null || state.liveness() != expected) {
      scene.timeline().add("liveness", "expected " + expected + ", not " + state);
      return false;
    }
    return true;
  }

  private boolean takesAll(LockClient bob) throws InterruptedException {
    for (String key : Holder.KEYS) {
      Optional<HeldLock> lock = bob.tryAcquire(key);
      if (lock.isEmpty()) {
        scene.timeline().add("bob", "DOES NOT GET " + key);
        return false;
      }
      scene.timeline().add("bob", "takes " + key + " with a single try");
    }
    return true;
  }

  private Process start() throws IOException {
    Process process =
        new ProcessBuilder(
                Path.of(System.getProperty("java.home"), "bin", "java").toString(),
                "-XX:TieredStopAtLevel=1",
                "-cp",
                System.getProperty("java.class.path"),
                Holder.class.getName(),
                scene.endpoint().toString())
            .redirectError(ProcessBuilder.Redirect.INHERIT)
            .start();
    Runtime.getRuntime().addShutdownHook(new Thread(process::destroyForcibly));
    return process;
  }

  private static LockKey sessionOf(Process process) throws IOException {
    BufferedReader reports = process.inputReader(StandardCharsets.UTF_8);
    String session = reports.readLine();
    if (session == null) {
      throw new IOException(Holder.NAME + " ended before she had her locks");
    }
    return LockKey.of(session);
  }
}
