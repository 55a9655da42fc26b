import java.util.List;
import java.util.Map;
import software.amazon.awscdk.RemovalPolicy;
import software.amazon.awscdk.Stack;
import software.amazon.awscdk.services.dynamodb.Attribute;
import software.amazon.awscdk.services.dynamodb.AttributeType;
import software.amazon.awscdk.services.dynamodb.BillingMode;
import software.amazon.awscdk.services.dynamodb.PointInTimeRecoverySpecification;
import software.amazon.awscdk.services.dynamodb.Table;
import software.amazon.awscdk.services.iam.ManagedPolicy;
import software.amazon.awscdk.services.iam.PolicyStatement;
import software.constructs.Construct;

/** A lock table of Baton, and the permissions of the programs and people that use it. */
public final class LockTableStack extends Stack {

  /**
   * Creates the stack.
   *
   * @param keyPrefix a worker may use the lock of this key, and all locks whose keys begin with it
   *     and a slash
   */
  public LockTableStack(Construct scope, String id, String tableName, String keyPrefix) {
    super(scope, id);

    // Not a TableV2: that is a global table, even in one Region.
    Table locks =
        Table.Builder.create(this, "LockTable")
            .tableName(tableName)
            .billingMode(BillingMode.PAY_PER_REQUEST)
            .partitionKey(Attribute.builder().name("key").type(AttributeType.STRING).build())
            .timeToLiveAttribute("ttl")
            .deletionProtection(true)
            // Restored lock items repeat fencing tokens.
            .pointInTimeRecoverySpecification(
                PointInTimeRecoverySpecification.builder()
                    .pointInTimeRecoveryEnabled(false)
                    .build())
            .removalPolicy(RemovalPolicy.RETAIN)
            .build();

    policy(
        "WorkerPolicy",
        "Acquires, holds and releases the locks of one key prefix.",
        PolicyStatement.Builder.create()
            .actions(
                List.of(
                    "dynamodb:UpdateItem",
                    "dynamodb:GetItem",
                    "dynamodb:DeleteItem",
                    "dynamodb:ConditionCheckItem"))
            .conditions(
                Map.of(
                    "ForAllValues:StringLike",
                    Map.of(
                        "dynamodb:LeadingKeys",
                        List.of(keyPrefix, keyPrefix + "/*", "baton.session/*")))),
        locks);

    policy(
        "OperatorPolicy",
        "Lists and inspects all locks, checks the table, and asks holders to release their locks.",
        PolicyStatement.Builder.create()
            .actions(
                List.of(
                    "dynamodb:Scan",
                    "dynamodb:GetItem",
                    "dynamodb:UpdateItem",
                    "dynamodb:DescribeTable")),
        locks);

    policy(
        "VerifierPolicy",
        "Checks the table's settings, and neither reads nor writes a lock.",
        PolicyStatement.Builder.create().actions(List.of("dynamodb:DescribeTable")),
        locks);
  }

  private void policy(String id, String description, PolicyStatement.Builder allowed, Table locks) {
    ManagedPolicy.Builder.create(this, id)
        .description(description)
        .statements(List.of(allowed.resources(List.of(locks.getTableArn())).build()))
        .build();
  }
}
