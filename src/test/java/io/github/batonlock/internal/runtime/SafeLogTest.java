package io.github.batonlock.internal.runtime;

import static org.assertj.core.api.Assertions.assertThat;

import java.lang.reflect.Proxy;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.slf4j.Logger;

/** What is logged from threads that must go on. */
class SafeLogTest {
  private final IllegalStateException cause = new IllegalStateException("why");
  private final List<String> logged = new ArrayList<>();
  private boolean throwing;

  private final Logger log =
      (Logger)
          Proxy.newProxyInstance(
              Logger.class.getClassLoader(),
              new Class<?>[] {Logger.class},
              (proxy, method, arguments) -> {
                logged.add(method.getName() + " " + arguments[0]);
                assertThat(arguments[1]).isSameAs(cause);
                if (throwing) {
                  throw new AssertionError("an appender fails");
                }
                return null;
              });

  @Test
  void appender_thatThrows_disturbsNobody() {
    throwing = true;
    SafeLog.warn(log, "careful", cause);
    SafeLog.error(log, "broken", cause);

    assertThat(logged).containsExactly("warn careful", "error broken");
  }

  @Test
  void repeatedWarning_isLoggedEverMoreRarely() {
    RepeatedWarning warning = new RepeatedWarning(log, "again", SystemClock.INSTANCE);
    for (int i = 0; i < 9; i++) {
      warning.happened(cause);
    }

    assertThat(logged)
        .containsExactly(
            "warn again",
            "warn again (2 times so far)",
            "warn again (4 times so far)",
            "warn again (8 times so far)");
  }
}
