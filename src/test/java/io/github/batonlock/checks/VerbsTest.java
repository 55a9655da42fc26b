package io.github.batonlock.checks;

import static org.assertj.core.api.Assertions.assertThat;

import io.github.batonlock.LockClient;
import io.github.batonlock.LockKey;
import io.github.batonlock.LockRequest;
import java.lang.reflect.Method;
import java.util.Arrays;
import java.util.Set;
import java.util.TreeSet;
import java.util.stream.Collectors;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** Each verb of the client has the same forms (docs/decisions/0001-api.md, step 2). */
class VerbsTest {
  private static final Set<String> KEYS = simpleNames(String.class, LockKey.class);
  private static final Set<String> KEYS_OR_REQUEST =
      simpleNames(String.class, LockKey.class, LockRequest.class);

  @ParameterizedTest
  @ValueSource(
      strings = {
        "acquire",
        "acquireAsync",
        "tryAcquire",
        "tryAcquireAsync",
        "runLocked",
        "callLocked",
        "tryRunLocked",
        "tryCallLocked"
      })
  void verb_thatAcquires_takesAKeyOrARequest(String verb) {
    assertThat(firstParametersOf(verb)).isEqualTo(KEYS_OR_REQUEST);
  }

  @ParameterizedTest
  @ValueSource(
      strings = {"inspect", "inspectAsync", "watch", "requestRelease", "requestReleaseAsync"})
  void verb_thatDoesNotAcquire_takesAKey(String verb) {
    assertThat(firstParametersOf(verb)).isEqualTo(KEYS);
  }

  private static Set<String> firstParametersOf(String verb) {
    return Arrays.stream(LockClient.class.getMethods())
        .filter(method -> method.getName().equals(verb))
        .map(VerbsTest::firstParameter)
        .collect(Collectors.toCollection(TreeSet::new));
  }

  private static String firstParameter(Method method) {
    return method.getParameterTypes()[0].getSimpleName();
  }

  private static Set<String> simpleNames(Class<?>... types) {
    return Arrays.stream(types)
        .map(Class::getSimpleName)
        .collect(Collectors.toCollection(TreeSet::new));
  }
}
