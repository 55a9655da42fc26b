package io.github.batonlock.internal.operator;

import io.github.batonlock.LockKey;
import io.github.batonlock.LockStoreException;
import io.github.batonlock.LockStoreException.Kind;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import software.amazon.awssdk.services.dynamodb.DynamoDbClient;

/**
 * The examination of a lock table: its settings, its speed, the permissions, this machine's clock,
 * the items. It changes nothing.
 */
public final class Doctor {
  private final OperatorTable table;
  private final TableExam settings;

  Doctor(OperatorTable table, DynamoDbClient dynamoDb, Operator.Target target) {
    this.table = table;
    this.settings = new TableExam(dynamoDb, target);
  }

  /**
   * Examines the table.
   *
   * @param probe a key that is read, and named by writes with conditions that no item meets
   * @param samples how many requests measure the speed, positive
   * @param heartbeat the interval that the holders have
   * @return the checks, in the order in which they are shown
   * @throws LockStoreException if there is no such table, or it does not answer
   */
  public List<Check> examine(LockKey probe, int samples, Duration heartbeat)
      throws InterruptedException {
    List<Check> checks = new ArrayList<>();
    Check keys = settings.keys();
    if (keys.isWrong()) {
      // No key fits such a table.
      return List.of(keys);
    }
    AccessExam access = new AccessExam(table, probe);
    List<Check> permissions = access.permissions();
    ItemsExam items = items();
    checks.addAll(settings.checks(items));
    checks.addAll(permissions);
    checks.addAll(access.speed(samples, heartbeat));
    checks.add(access.clock());
    checks.addAll(items.checks());
    return checks;
  }

  private ItemsExam items() throws InterruptedException {
    try {
      return new ItemsExam(new LockReader(table).list(""));
    } catch (LockStoreException e) {
      if (e.kind() != Kind.ACCESS_DENIED) {
        throw e;
      }
      return new ItemsExam(null);
    }
  }
}
