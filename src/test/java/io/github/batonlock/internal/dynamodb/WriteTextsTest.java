package io.github.batonlock.internal.dynamodb;

import static org.assertj.core.api.Assertions.assertThat;

import io.github.batonlock.LockKey;
import io.github.batonlock.internal.store.LockWrite;
import io.github.batonlock.internal.store.UserAttributes;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.stream.Collectors;
import org.junit.jupiter.api.Test;
import software.amazon.awssdk.services.dynamodb.model.AttributeValue;

class WriteTextsTest {
  private final WriteTexts texts = new WriteTexts(100_000);

  private WriteTexts.Texts textsOf(LockWrite write) {
    return texts.of(RenderedWrite.of(write, "key"));
  }

  private static LockWrite acquire(String key, String version, Map<String, String> attributes) {
    Map<String, AttributeValue> values =
        attributes.entrySet().stream()
            .collect(
                Collectors.toMap(
                    Map.Entry::getKey, entry -> AttributeValue.fromS(entry.getValue())));
    LockWrite.Grant grant =
        new LockWrite.Grant(
            "me", Duration.ofSeconds(20), version, 7, null, new UserAttributes(values));
    return new LockWrite.Acquire(LockKey.of(key), grant, false);
  }

  private static LockWrite heartbeat(String key, String... candidates) {
    return new LockWrite.Heartbeat(LockKey.of(key), "me", List.of(candidates), "v9", null);
  }

  @Test
  void texts_ofWritesWithOtherValues_areMadeOnce() {
    assertThat(textsOf(acquire("a", "v1", Map.of("colour", "blue"))))
        .isSameAs(textsOf(acquire("b", "v2", Map.of("colour", "red"))));
    assertThat(textsOf(heartbeat("a", "v1", "v2"))).isSameAs(textsOf(heartbeat("b", "v3", "v4")));
  }

  @Test
  void texts_ofWritesWithOtherClauses_areOthers() {
    assertThat(textsOf(heartbeat("a", "v1"))).isNotEqualTo(textsOf(heartbeat("a", "v1", "v2")));
    assertThat(textsOf(acquire("a", "v1", Map.of("colour", "blue"))))
        .isNotEqualTo(textsOf(acquire("a", "v1", Map.of("size", "blue"))))
        .isNotEqualTo(textsOf(acquire("a", "v1", Map.of())));
  }
}
