package io.github.batonlock.internal.dynamodb;

import java.lang.reflect.Proxy;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import software.amazon.awssdk.services.dynamodb.model.DynamoDbRequest;

/** Takes DynamoDB's place: keeps requests as the SDK would get them, and gives prepared answers. */
final class SentRequests {
  private static final Pattern NAME = Pattern.compile("#n\\d+");

  private final List<DynamoDbRequest> sent = new ArrayList<>();
  private final Map<String, Object> answers = new HashMap<>();

  /** Answers calls of this name so from now on. */
  SentRequests answering(String call, Object answer) {
    answers.put(call, answer);
    return this;
  }

  DynamoCalls calls() {
    return (DynamoCalls)
        Proxy.newProxyInstance(
            DynamoCalls.class.getClassLoader(),
            new Class<?>[] {DynamoCalls.class},
            (proxy, method, arguments) -> {
              sent.add((DynamoDbRequest) arguments[0]);
              Object answer = answers.get(method.getName());
              if (answer == null) {
                throw new AssertionError("nobody expects " + method.getName());
              }
              return answer instanceof Throwable failure
                  ? CompletableFuture.failedFuture(failure)
                  : CompletableFuture.completedFuture(answer);
            });
  }

  /** The only request that was sent since the last call. */
  <R extends DynamoDbRequest> R only(Class<R> type) {
    if (sent.size() != 1) {
      throw new AssertionError("not one request, but " + sent);
    }
    return type.cast(sent.remove(0));
  }

  List<DynamoDbRequest> all() {
    return List.copyOf(sent);
  }

  /** An expression with attributes in place of their placeholders. */
  static String spelled(String expression, Map<String, String> names) {
    Matcher name = NAME.matcher(expression);
    return name.replaceAll(
        found -> {
          String attribute = names.get(found.group());
          if (attribute == null) {
            throw new AssertionError(found.group() + " stands for nothing: " + expression);
          }
          return Matcher.quoteReplacement(attribute);
        });
  }
}
