package io.github.batonlock.spring.boot;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.lang.reflect.RecordComponent;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.TreeMap;
import java.util.stream.StreamSupport;
import org.junit.jupiter.api.Test;
import org.springframework.boot.context.properties.bind.DefaultValue;

/** The metadata for completion, written by hand, beside the properties and their page. */
class MetadataTest {
  private static final String OWN = "baton.";
  private static final String MARK = "<!-- properties -->\n";

  private final JsonNode metadata = metadata();

  private static JsonNode metadata() {
    try (var in =
        MetadataTest.class.getResourceAsStream("/META-INF/spring-configuration-metadata.json")) {
      return new ObjectMapper().readTree(in);
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  private List<JsonNode> properties() {
    return StreamSupport.stream(metadata.get("properties").spliterator(), false).toList();
  }

  private static String kebab(String name) {
    return OWN + name.replaceAll("([A-Z])", "-$1").toLowerCase(Locale.ROOT);
  }

  private static Class<?> boxed(Class<?> type) {
    return type == boolean.class ? Boolean.class : type;
  }

  @Test
  void propertiesOfTheMetadata_areThoseThatAreBound() {
    Map<String, String> bound = new TreeMap<>();
    for (RecordComponent each : BatonProperties.class.getRecordComponents()) {
      bound.put(kebab(each.getName()), boxed(each.getType()).getName());
    }
    Map<String, String> described = new TreeMap<>();
    for (JsonNode each : properties()) {
      if (each.get("name").asText().startsWith(OWN)) {
        described.put(each.get("name").asText(), each.get("type").asText());
      }
    }

    assertThat(described).isEqualTo(bound);
  }

  /** Where the binding has a default, the metadata has it; the others are the client's. */
  @Test
  void defaultsOfTheMetadata_areThoseOfTheBinding() {
    var parameters = BatonProperties.class.getDeclaredConstructors()[0].getParameters();
    for (var parameter : parameters) {
      DefaultValue bound = parameter.getAnnotation(DefaultValue.class);
      if (bound != null) {
        assertThat(property(kebab(parameter.getName())).get("defaultValue").asText())
            .isEqualTo(bound.value()[0]);
      }
    }
  }

  private JsonNode property(String name) {
    return properties().stream()
        .filter(each -> each.get("name").asText().equals(name))
        .findFirst()
        .orElseThrow();
  }

  @Test
  void hintsOfTheMetadata_areTheConstants() {
    assertThat(hints("baton.table-check")).isEqualTo(names(BatonProperties.TableCheck.values()));
    assertThat(hints("baton.leases")).isEqualTo(names(BatonProperties.LeaseKind.values()));
  }

  private List<String> hints(String name) {
    for (JsonNode hint : metadata.get("hints")) {
      if (hint.get("name").asText().equals(name)) {
        List<String> values = new ArrayList<>();
        hint.get("values").forEach(each -> values.add(each.get("value").asText()));
        return values;
      }
    }
    return List.of();
  }

  private static List<String> names(Enum<?>... constants) {
    return Arrays.stream(constants).map(each -> each.name().toLowerCase(Locale.ROOT)).toList();
  }

  /** To write the page's table anew, copy what is expected here. */
  @Test
  void propertiesOfThePage_areThoseOfTheMetadata() throws IOException {
    List<String> expected = new ArrayList<>();
    expected.add("| property | default | what it says |");
    expected.add("|---|---|---|");
    for (JsonNode each : properties()) {
      JsonNode value = each.get("defaultValue");
      expected.add(
          "| `%s` | %s | %s |"
              .formatted(
                  each.get("name").asText(),
                  value == null ? "" : "`" + value.asText() + "`",
                  each.get("description").asText()));
    }
    String page = Files.readString(Path.of("docs/spring.md"));
    assertThat(page).contains(MARK);
    String table = page.substring(page.indexOf(MARK) + MARK.length());
    assertThat(table.lines().takeWhile(line -> line.startsWith("|"))).isEqualTo(expected);
  }
}
