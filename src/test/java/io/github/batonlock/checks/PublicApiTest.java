package io.github.batonlock.checks;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.fail;

import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import org.junit.jupiter.api.Test;

/** The public API, as users' code is compiled against it, changes on purpose only. */
class PublicApiTest {
  private static final Path ACCEPTED = Path.of("src/test/resources/public-api.txt");

  @Test
  void publicApi_isTheAcceptedOne() throws Exception {
    List<String> actual = PublicApi.describe();
    if (Boolean.getBoolean("baton.api.accept")) {
      Files.createDirectories(ACCEPTED.getParent());
      Files.write(ACCEPTED, actual);
    }

    List<String> accepted = Files.exists(ACCEPTED) ? Files.readAllLines(ACCEPTED) : List.of();
    if (!actual.equals(accepted)) {
      fail(
          "The public API differs from %s:%n%n%s%n%nIf that is meant, accept it with"
              + " `mvn test -Dtest=PublicApiTest -Dbaton.api.accept=true`, commit the file, and"
              + " say so in the CHANGELOG.",
          ACCEPTED, String.join("\n", PublicApi.difference(accepted, actual)));
    }
  }

  @Test
  void difference_namesTheTypeOfEachMember() {
    assertThat(
            PublicApi.difference(
                List.of("public class io.github.batonlock.A", "  method void a()"),
                List.of(
                    "public class io.github.batonlock.A",
                    "  method void b()",
                    "public class io.github.batonlock.B",
                    "  method void a()")))
        .containsExactly(
            "- io.github.batonlock.A: method void a()",
            "+ io.github.batonlock.A: method void b()",
            "+ public class io.github.batonlock.B",
            "+ io.github.batonlock.B: method void a()");
  }

  @Test
  void publicTypes_areFew() throws Exception {
    assertThat(PublicApi.describe("io.github.batonlock"))
        .filteredOn(line -> !line.startsWith("  ") && !line.contains("$"))
        .hasSizeLessThanOrEqualTo(20);
  }
}
