package io.github.batonlock.checks;

import io.github.batonlock.HeldLock;
import io.github.batonlock.LockClient;
import io.github.batonlock.LockListener;
import io.github.batonlock.testing.LockTestbed;
import java.util.List;
import java.util.Map;

/** A program that uses Baton without any of its optional libraries. */
final class BareConsumer {
  /** One class of each optional library, by a part of its jar's name. */
  static final Map<String, String> OPTIONAL =
      Map.of(
          "micrometer-core", "io.micrometer.core.instrument.MeterRegistry",
          "micrometer-observation", "io.micrometer.observation.ObservationRegistry",
          "micrometer-commons", "io.micrometer.common.KeyValue",
          "crac", "org.crac.Core",
          "picocli", "picocli.CommandLine",
          "jackson-core", "com.fasterxml.jackson.core.JsonFactory",
          "junit-jupiter-api", "org.junit.jupiter.api.Test");

  private BareConsumer() {}

  public static void main(String[] args) {
    for (String name : List.copyOf(OPTIONAL.values())) {
      if (isThere(name)) {
        throw new IllegalStateException(name + " is on the class path");
      }
    }
    LockListener alarms = new LockListener() {};
    try (LockTestbed bed = LockTestbed.virtual()) {
      LockClient client = bed.client("a", builder -> builder.listener(alarms.andThen(alarms)));
      HeldLock lock = bed.await(client.acquireAsync("k"));
      System.out.println("acquired " + lock.key());
      lock.close();
      bed.await(bed.client("b").acquireAsync("k")).close();
      System.out.println("released " + lock.key());
    }
  }

  private static boolean isThere(String name) {
    try {
      Class<?> unused = Class.forName(name);
      return true;
    } catch (ClassNotFoundException e) {
      return false;
    }
  }
}
