package io.github.batonlock.checks;

import static org.assertj.core.api.Assertions.assertThat;

import com.amazonaws.services.dynamodbv2.AcquireLockOptions;
import com.amazonaws.services.dynamodbv2.AmazonDynamoDBLockClient;
import com.amazonaws.services.dynamodbv2.AmazonDynamoDBLockClientOptions;
import com.amazonaws.services.dynamodbv2.LockItem;
import com.amazonaws.services.dynamodbv2.ReleaseLockOptions;
import com.amazonaws.services.dynamodbv2.SendHeartbeatOptions;
import com.amazonaws.services.dynamodbv2.model.LockCurrentlyUnavailableException;
import com.amazonaws.services.dynamodbv2.model.LockNotGrantedException;
import com.amazonaws.services.dynamodbv2.model.LockTableDoesNotExistException;
import com.amazonaws.services.dynamodbv2.model.SessionMonitorNotSetException;
import java.lang.reflect.Method;
import java.lang.reflect.Modifier;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.List;
import java.util.Set;
import java.util.TreeSet;
import java.util.function.Predicate;
import java.util.regex.MatchResult;
import java.util.regex.Pattern;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** The tables of docs/migration.md name all that the awslabs client has, and what Baton has. */
class MigrationPageTest {
  private static final String PAGE = Sources.read(Path.of("docs/migration.md"));
  private static final Pattern ROW = Pattern.compile("(?m)^\\| (`[^|]*)\\|([^|]*)\\|");
  private static final Pattern NAME = Pattern.compile("`(?:LockItem\\.)?(\\w+)[^`]*`");

  private static final Pattern CODE = Pattern.compile("`(?:\\w+\\.)?(\\w+)");
  private static final Pattern WORD = Pattern.compile("\\w+");

  /** What says itself, or belongs to every object. */
  private static final Set<String> OBVIOUS =
      Set.of(
          "getPartitionKey",
          "getSortKey",
          "getData",
          "getAdditionalAttributes",
          "getOwnerName",
          "getLeaseDuration",
          "getDeleteLockItemOnClose",
          "toString",
          "hashCode",
          "equals");

  @ParameterizedTest
  @ValueSource(
      classes = {
        AmazonDynamoDBLockClientOptions.AmazonDynamoDBLockClientOptionsBuilder.class,
        AcquireLockOptions.AcquireLockOptionsBuilder.class,
        ReleaseLockOptions.ReleaseLockOptionsBuilder.class,
        SendHeartbeatOptions.SendHeartbeatOptionsBuilder.class
      })
  void options_ofTheAwslabsClient_haveARowEach(Class<?> builder) {
    assertThat(namesInTheFirstColumn())
        .containsAll(methods(builder, method -> method.startsWith("with")));
  }

  @ParameterizedTest
  @ValueSource(classes = {AmazonDynamoDBLockClient.class, LockItem.class})
  void methods_ofTheAwslabsClient_haveARowEach(Class<?> type) {
    assertThat(namesInTheFirstColumn())
        .containsAll(methods(type, method -> !OBVIOUS.contains(method)));
  }

  @Test
  void exceptions_ofTheAwslabsClient_haveARowEach() {
    assertThat(namesInTheFirstColumn())
        .containsAll(
            Stream.of(
                    LockCurrentlyUnavailableException.class,
                    LockNotGrantedException.class,
                    LockTableDoesNotExistException.class,
                    SessionMonitorNotSetException.class)
                .map(Class::getSimpleName)
                .toList());
  }

  @Test
  void rows_nameNothing_thatTheAwslabsClientDoesNotHave() {
    Set<String> known = new TreeSet<>();
    for (Class<?> type :
        List.of(
            AmazonDynamoDBLockClientOptions.AmazonDynamoDBLockClientOptionsBuilder.class,
            AcquireLockOptions.AcquireLockOptionsBuilder.class,
            ReleaseLockOptions.ReleaseLockOptionsBuilder.class,
            SendHeartbeatOptions.SendHeartbeatOptionsBuilder.class,
            AmazonDynamoDBLockClient.class,
            LockItem.class)) {
      known.addAll(methods(type, method -> true));
    }

    assertThat(namesInTheFirstColumn())
        .filteredOn(name -> !name.endsWith("Exception"))
        .isSubsetOf(known);
  }

  /** Where the other column has a bare name, it is an option or a method of ours. */
  @Test
  void counterparts_exist() throws Exception {
    Set<String> ours =
        WORD.matcher(String.join("\n", PublicApi.describe()))
            .results()
            .map(MatchResult::group)
            .collect(Collectors.toSet());
    Set<String> named =
        ROW.matcher(PAGE)
            .results()
            .flatMap(row -> CODE.matcher(row.group(2)).results())
            .map(found -> found.group(1))
            .collect(Collectors.toCollection(TreeSet::new));

    assertThat(named).hasSizeGreaterThan(30).isSubsetOf(ours);
  }

  private static Set<String> namesInTheFirstColumn() {
    return ROW.matcher(PAGE)
        .results()
        .flatMap(row -> NAME.matcher(row.group(1)).results())
        .map(found -> found.group(1))
        .collect(Collectors.toCollection(TreeSet::new));
  }

  private static Set<String> methods(Class<?> type, Predicate<String> wanted) {
    return Arrays.stream(type.getDeclaredMethods())
        .filter(method -> Modifier.isPublic(method.getModifiers()) && !method.isSynthetic())
        .map(Method::getName)
        .filter(wanted)
        .collect(Collectors.toCollection(TreeSet::new));
  }
}
