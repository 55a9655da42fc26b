package io.github.batonlock.infrastructure;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import java.io.IOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import java.util.TreeSet;

/** The CloudFormation template of the documentation, as far as it says something of the table. */
final class LockTemplate {
  static final Path FOLDER = Path.of("docs/infrastructure");

  private static final String SERVICE = "dynamodb:";

  private final JsonNode resources;

  private LockTemplate(JsonNode resources) {
    this.resources = resources;
  }

  static LockTemplate read() {
    try {
      Path template = FOLDER.resolve("locks.template.json");
      return new LockTemplate(new ObjectMapper().readTree(template.toFile()).get("Resources"));
    } catch (IOException e) {
      throw new IllegalStateException("The template cannot be read", e);
    }
  }

  /** The properties of the table. */
  JsonNode table() {
    return resources.get("LockTable").get("Properties");
  }

  /** What a policy allows, without the name of the service. */
  Set<String> actions(String policy) {
    Set<String> actions = new TreeSet<>();
    for (JsonNode action : statement(policy).get("Action")) {
      actions.add(action.asText().substring(SERVICE.length()));
    }
    return actions;
  }

  /** The patterns of the keys that a policy is for, with a prefix put in; empty for all keys. */
  List<String> keyPatterns(String policy, String prefix) {
    List<String> patterns = new ArrayList<>();
    JsonNode values =
        statement(policy).at("/Condition/ForAllValues:StringLike").path("dynamodb:LeadingKeys");
    for (JsonNode value : values) {
      patterns.add(resolved(value, prefix));
    }
    return patterns;
  }

  private static String resolved(JsonNode value, String prefix) {
    if (value.has("Ref")) {
      return value.get("Ref").asText().replace("KeyPrefix", prefix);
    }
    String text = value.has("Fn::Sub") ? value.get("Fn::Sub").asText() : value.asText();
    return text.replace("${KeyPrefix}", prefix);
  }

  private JsonNode statement(String policy) {
    JsonNode statements = resources.get(policy).at("/Properties/PolicyDocument/Statement");
    if (statements.size() != 1) {
      throw new IllegalStateException(policy + " has not one statement: " + statements);
    }
    return statements.get(0);
  }
}
