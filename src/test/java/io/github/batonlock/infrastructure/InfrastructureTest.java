package io.github.batonlock.infrastructure;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import java.util.TreeSet;
import java.util.regex.MatchResult;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.junit.jupiter.api.Test;

/** The forms of the infrastructure, and the pages about it, say the same. */
class InfrastructureTest {
  private static final Pattern ACTION = Pattern.compile("dynamodb:(?!LeadingKeys)(\\w+)");
  private static final Map<String, String> POLICIES =
      Map.of("worker", "WorkerPolicy", "operator", "OperatorPolicy", "verifier", "VerifierPolicy");

  private final LockTemplate template = LockTemplate.read();
  private final String terraform = read(LockTemplate.FOLDER.resolve("locks.tf"));
  private final String cdk = read(LockTemplate.FOLDER.resolve("LockTableStack.java"));

  @Test
  void table_inTerraform_isThatOfTheTemplate() {
    Map<String, String> said = new TreeMap<>();
    said.put("billing", only(terraform, "billing_mode = \"(\\w+)\""));
    said.put("key", only(terraform, "hash_key     = \"(\\w+)\""));
    said.put("key type", only(terraform, "attribute \\{\\s+name = \"key\"\\s+type = \"(\\w)\""));
    said.put("ttl", only(terraform, "attribute_name = \"(\\w+)\"\\s+enabled        = true"));
    said.put("protected", only(terraform, "deletion_protection_enabled = (\\w+)"));
    said.put("recovery", only(terraform, "point_in_time_recovery \\{\\s+enabled = (\\w+)"));
    assertThat(said).isEqualTo(saidByTheTemplate());
    assertThat(terraform).doesNotContain("replica", "range_key", "index");
  }

  @Test
  void table_inCdk_isThatOfTheTemplate() {
    Map<String, String> said = new TreeMap<>();
    said.put("billing", only(cdk, "billingMode\\(BillingMode\\.(\\w+)\\)"));
    said.put("key", only(cdk, "partitionKey\\(Attribute\\.builder\\(\\)\\.name\\(\"(\\w+)\""));
    said.put("key type", only(cdk, "\\.type\\(AttributeType\\.(\\w)TRING\\)"));
    said.put("ttl", only(cdk, "timeToLiveAttribute\\(\"(\\w+)\"\\)"));
    said.put("protected", only(cdk, "deletionProtection\\((\\w+)\\)"));
    said.put("recovery", only(cdk, "pointInTimeRecoveryEnabled\\((\\w+)\\)"));
    assertThat(said).isEqualTo(saidByTheTemplate());
    assertThat(cdk).doesNotContain("replica", "sortKey", "Index");
  }

  private Map<String, String> saidByTheTemplate() {
    JsonNode table = template.table();
    assertThat(table.get("KeySchema")).hasSize(1);
    assertThat(table.get("AttributeDefinitions")).hasSize(1);
    assertThat(table.at("/TimeToLiveSpecification/Enabled").asBoolean()).isTrue();
    return new TreeMap<>(
        Map.of(
            "billing", table.get("BillingMode").asText(),
            "key", table.at("/KeySchema/0/AttributeName").asText(),
            "key type", table.at("/AttributeDefinitions/0/AttributeType").asText(),
            "ttl", table.at("/TimeToLiveSpecification/AttributeName").asText(),
            "protected", table.get("DeletionProtectionEnabled").asText(),
            "recovery",
                table.at("/PointInTimeRecoverySpecification/PointInTimeRecoveryEnabled").asText()));
  }

  @Test
  void policies_inTerraform_areThoseOfTheTemplate() {
    Map<String, Set<String>> said = new TreeMap<>();
    for (String part : terraform.split("resource \"aws_iam_policy\" ")) {
      POLICIES.forEach(
          (name, policy) -> {
            if (part.startsWith('"' + name + '"')) {
              said.put(policy, actions(part));
            }
          });
    }
    assertThat(said).isEqualTo(actionsOfTheTemplate());
    assertThat(keys(only(terraform, "\"dynamodb:LeadingKeys\" = \\[(.*)\\]"), "var.key_prefix"))
        .isEqualTo(template.keyPatterns("WorkerPolicy", "P"));
  }

  @Test
  void policies_inCdk_areThoseOfTheTemplate() {
    Map<String, Set<String>> said = new TreeMap<>();
    for (String part : cdk.split(" policy\\(\\s+")) {
      for (String policy : POLICIES.values()) {
        if (part.startsWith('"' + policy + '"')) {
          said.put(policy, actions(part));
        }
      }
    }
    assertThat(said).isEqualTo(actionsOfTheTemplate());
    assertThat(keys(only(cdk, "List\\.of\\((keyPrefix, .*?)\\)"), "keyPrefix"))
        .isEqualTo(template.keyPatterns("WorkerPolicy", "P"));
  }

  private Map<String, Set<String>> actionsOfTheTemplate() {
    Map<String, Set<String>> all = new TreeMap<>();
    POLICIES.values().forEach(policy -> all.put(policy, template.actions(policy)));
    return all;
  }

  @Test
  void onlyTheWorker_isLimitedToKeys() {
    assertThat(template.keyPatterns("WorkerPolicy", "jobs"))
        .containsExactly("jobs", "jobs/*", "baton.session/*");
    assertThat(template.keyPatterns("OperatorPolicy", "jobs")).isEmpty();
    assertThat(template.keyPatterns("VerifierPolicy", "jobs")).isEmpty();
  }

  @Test
  void pages_listThePolicies_andExplainEachAction() {
    String page = read(LockTemplate.FOLDER.resolve("README.md"));
    POLICIES.forEach(
        (name, policy) -> {
          String row = only(page, "(?m)^\\| " + name + " \\|[^|]*\\|([^|]*)\\|");
          assertThat(new TreeSet<>(Arrays.asList(row.strip().split("`(?:, `)?"))))
              .isEqualTo(with(template.actions(policy), ""));
        });
    Set<String> all = new TreeSet<>(Set.of("CreateTable"));
    actionsOfTheTemplate().values().forEach(all::addAll);
    assertThat(actions(page.substring(page.indexOf("What needs which action")))).isEqualTo(all);
    assertThat(actions(read(Path.of("docs/iam-and-cost.md")))).isEqualTo(all);
  }

  private static Set<String> with(Set<String> actions, String more) {
    Set<String> all = new TreeSet<>(actions);
    all.add(more);
    return all;
  }

  private static Set<String> actions(String text) {
    Set<String> found = new TreeSet<>();
    ACTION.matcher(text).results().map(action -> action.group(1)).forEach(found::add);
    return found;
  }

  /** The patterns of a list in either language, with {@code P} for the variable of the prefix. */
  private static List<String> keys(String list, String variable) {
    return Arrays.stream(list.split(", "))
        .map(each -> each.replace("${" + variable + "}", "P"))
        .map(each -> each.replace(variable + " + ", "P").replace(variable, "P"))
        .map(each -> each.replace("\"", ""))
        .toList();
  }

  /** What stands in the brackets, in the one place that matches. */
  private static String only(String text, String pattern) {
    Matcher matcher = Pattern.compile(pattern).matcher(text);
    List<String> found = matcher.results().map((MatchResult each) -> each.group(1)).toList();
    assertThat(found).as("matches of %s", pattern).hasSize(1);
    return found.get(0);
  }

  private static String read(Path file) {
    try {
      return Files.readString(file);
    } catch (IOException e) {
      throw new IllegalStateException(file + " cannot be read", e);
    }
  }
}
