package io.github.batonlock.internal.operator;

import io.github.batonlock.LockStoreException;
import io.github.batonlock.LockTable;
import io.github.batonlock.internal.store.LockAttributes;
import java.util.ArrayList;
import java.util.List;
import java.util.function.Supplier;
import software.amazon.awssdk.awscore.exception.AwsServiceException;
import software.amazon.awssdk.services.dynamodb.DynamoDbClient;
import software.amazon.awssdk.services.dynamodb.model.BillingMode;
import software.amazon.awssdk.services.dynamodb.model.PointInTimeRecoveryStatus;
import software.amazon.awssdk.services.dynamodb.model.TableDescription;
import software.amazon.awssdk.services.dynamodb.model.TimeToLiveDescription;
import software.amazon.awssdk.services.dynamodb.model.TimeToLiveStatus;

/** The settings of the table: what DynamoDB says of it. Reads only. */
final class TableExam {
  private final DynamoDbClient dynamoDb;
  private final Operator.Target target;

  TableExam(DynamoDbClient dynamoDb, Operator.Target target) {
    this.dynamoDb = dynamoDb;
    this.target = target;
  }

  /**
   * Examines the settings.
   *
   * @param items what the items need
   * @throws LockStoreException if there is no such table, or it does not answer
   */
  List<Check> checks(ItemsExam items) {
    List<Check> checks = new ArrayList<>();
    checks.add(keys());
    checks.addAll(
        examined(
            "table",
            "dynamodb:DescribeTable",
            () -> ofDescription(dynamoDb.describeTable(r -> r.tableName(name())).table())));
    checks.addAll(
        examined(
            "ttl",
            "dynamodb:DescribeTimeToLive",
            () ->
                List.of(
                    ttl(
                        dynamoDb
                            .describeTimeToLive(r -> r.tableName(name()))
                            .timeToLiveDescription(),
                        items))));
    checks.addAll(
        examined(
            "backups",
            "dynamodb:DescribeContinuousBackups",
            () ->
                List.of(
                    backups(
                        dynamoDb
                                .describeContinuousBackups(r -> r.tableName(name()))
                                .continuousBackupsDescription()
                                .pointInTimeRecoveryDescription()
                                .pointInTimeRecoveryStatus()
                            == PointInTimeRecoveryStatus.ENABLED))));
    return checks;
  }

  private String name() {
    return target.tableName();
  }

  private static List<Check> examined(
      String subject, String permission, Supplier<List<Check>> examination) {
    try {
      return examination.get();
    } catch (AwsServiceException e) {
      String said = e.awsErrorDetails() == null ? "" : e.awsErrorDetails().errorCode();
      return List.of(
          Check.unknown(
              subject,
              "could not be examined (" + said + ")",
              "Grant " + permission + " to the user of the doctor"));
    } catch (RuntimeException e) {
      return List.of(
          Check.unknown(subject, "could not be examined: " + e.getMessage(), "Try again"));
    }
  }

  /** Examines the keys, and whether the table is replicated in a way that breaks locks. */
  Check keys() {
    try {
      LockTable.verify(dynamoDb, name(), target.partitionKeyName(), target.sortKeyName());
      String sort = target.sortKeyName();
      return Check.good(
          "keys",
          "partition key '"
              + target.partitionKeyName()
              + "' (S)"
              + (sort == null ? ", no sort key" : ", sort key '" + sort + "' (S)"));
    } catch (LockStoreException e) {
      return switch (e.kind()) {
        case WRONG_SCHEMA ->
            Check.wrong(
                "keys",
                String.valueOf(e.getMessage()),
                "Make a table as docs/iam-and-cost.md and LockTable say, or give its keys by"
                    + " --partition-key-name and --sort-key-name");
        case ACCESS_DENIED ->
            Check.unknown(
                "keys",
                "could not be examined: access denied",
                "Grant dynamodb:DescribeTable to the user of the doctor");
        default -> throw e;
      };
    }
  }

  private static List<Check> ofDescription(TableDescription table) {
    return List.of(billing(table), regions(table), protection(table));
  }

  private static Check billing(TableDescription table) {
    boolean isOnDemand =
        table.billingModeSummary() != null
            && table.billingModeSummary().billingMode() == BillingMode.PAY_PER_REQUEST;
    if (isOnDemand) {
      return Check.good("billing", "on demand");
    }
    return Check.note(
        "billing",
        table.provisionedThroughput() == null
            ? "provisioned capacity"
            : "provisioned: "
                + table.provisionedThroughput().readCapacityUnits()
                + " reads and "
                + table.provisionedThroughput().writeCapacityUnits()
                + " writes a second",
        "A table that throttles heartbeats loses locks: on-demand capacity does not");
  }

  private static Check regions(TableDescription table) {
    if (!table.hasReplicas() || table.replicas().isEmpty()) {
      return Check.good("regions", "one Region");
    }
    if ("STRONG".equals(table.multiRegionConsistencyAsString())) {
      return Check.note(
          "regions",
          "several Regions, strongly consistent (MRSC)",
          "There are no transactions and no TTL: MultiLock acquires one lock after another, and"
              + " HeldLock.guard() is not available");
    }
    return Check.wrong(
        "regions",
        "several Regions, eventually consistent (MREC)",
        "Two Regions can grant one lock at the same time: use a table of one Region, or MRSC");
  }

  private static Check protection(TableDescription table) {
    return Boolean.TRUE.equals(table.deletionProtectionEnabled())
        ? Check.good("protection", "deletion protection is on")
        : Check.note(
            "protection",
            "deletion protection is off",
            "Switch it on: a deleted table frees all locks and restarts all tokens");
  }

  private static Check ttl(TimeToLiveDescription ttl, ItemsExam items) {
    boolean isOn =
        ttl.timeToLiveStatus() == TimeToLiveStatus.ENABLED
            || ttl.timeToLiveStatus() == TimeToLiveStatus.ENABLING;
    String attribute = LockAttributes.TTL;
    if (isOn && !attribute.equals(ttl.attributeName())) {
      return Check.wrong(
          "ttl",
          "is on for the attribute '" + ttl.attributeName() + "'",
          "Switch it to '" + attribute + "': items may be deleted while locks are held");
    } else if (isOn && items.foreign() > 0) {
      return Check.wrong(
          "ttl",
          "is on, and " + items.foreign() + " locks have a version of another library's client",
          "Switch it off until all clients are Baton's: others keep the 'ttl' of a released item"
              + " while they hold the lock");
    } else if (isOn) {
      return Check.good("ttl", "on for '" + attribute + "'");
    } else if (items.sessions() > 0) {
      return Check.wrong(
          "ttl",
          "is off, and the table has " + items.sessions() + " items of sessions",
          "Switch it on for '" + attribute + "': items of ended sessions stay otherwise");
    }
    return Check.note(
        "ttl",
        "is off",
        "Switch it on for '"
            + attribute
            + "' before you use shared leases or"
            + " releasedItemRetention");
  }

  private static Check backups(boolean isOn) {
    return isOn
        ? Check.note(
            "backups",
            "point-in-time recovery is on",
            "A restored table gives out earlier tokens again: see docs/failures.md before you"
                + " restore one")
        : Check.good("backups", "point-in-time recovery is off");
  }
}
