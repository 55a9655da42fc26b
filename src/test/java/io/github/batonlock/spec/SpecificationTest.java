package io.github.batonlock.spec;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.file.Files;
import java.util.Set;
import java.util.TreeSet;
import java.util.stream.Collectors;
import org.junit.jupiter.api.Test;

/** What can be said of the model (docs/spec) without running the model checker. */
class SpecificationTest {

  /** Each way to leave a rule out has a configuration that shows what breaks. */
  @Test
  void rulesOfTheModel_leftOut_eachHaveAConfigurationThatFails() throws Exception {
    Set<String> leftOut =
        Configuration.all().stream()
            .filter(configuration -> configuration.expected().startsWith("violates"))
            .flatMap(configuration -> configuration.broken().stream())
            .collect(Collectors.toSet());

    Set<String> rules = new TreeSet<>(Configuration.brokenIn(Configuration.PROTOCOL));
    rules.addAll(Configuration.brokenIn(Configuration.FIRST_SIGHT));

    assertThat(leftOut).isEqualTo(rules).hasSizeGreaterThan(30);
  }

  /** The page for engineers shows every configuration. */
  @Test
  void configurations_ofTheModel_areAllInItsReadme() throws Exception {
    String page = Files.readString(Configuration.SPEC.resolve("README.md"));

    assertThat(Configuration.all())
        .extracting(Configuration::name)
        .allSatisfy(name -> assertThat(page).contains("| " + name + " |"));
  }
}
