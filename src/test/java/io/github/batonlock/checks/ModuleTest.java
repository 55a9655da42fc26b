package io.github.batonlock.checks;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.io.InputStream;
import java.lang.module.ModuleDescriptor;
import java.nio.file.Files;
import java.nio.file.Path;
import org.junit.jupiter.api.Test;

/** What a modular application sees of Baton. */
class ModuleTest {

  @Test
  void module_exportsThePublicPackagesAndNothingElse() throws IOException {
    ModuleDescriptor module = descriptor();

    assertThat(module.name()).isEqualTo("io.github.batonlock");
    assertThat(module.isOpen()).isFalse();
    assertThat(module.opens()).isEmpty();
    assertThat(module.exports())
        .allSatisfy(exported -> assertThat(exported.isQualified()).isFalse())
        .extracting(ModuleDescriptor.Exports::source)
        .containsExactlyInAnyOrder(PublicApi.PACKAGES.toArray(String[]::new));
  }

  @Test
  void signatures_ofExportedTypes_mentionNoInternalType() throws Exception {
    assertThat(PublicApi.describe()).isNotEmpty().noneMatch(line -> line.contains(".internal."));
  }

  /** Whoever calls Baton needs the modules of the types in its signatures. */
  @Test
  void modulesOfTypesInSignatures_areRequiredTransitively() throws IOException {
    assertThat(descriptor().requires())
        .filteredOn(
            required ->
                required.modifiers().contains(ModuleDescriptor.Requires.Modifier.TRANSITIVE))
        .extracting(ModuleDescriptor.Requires::name)
        .contains("software.amazon.awssdk.core", "software.amazon.awssdk.services.dynamodb");
  }

  private static ModuleDescriptor descriptor() throws IOException {
    try (InputStream in = Files.newInputStream(Path.of("target/classes/module-info.class"))) {
      return ModuleDescriptor.read(in);
    }
  }
}
