package io.github.batonlock.testing;

import java.util.Objects;
import java.util.function.Supplier;
import org.junit.jupiter.api.extension.AfterEachCallback;
import org.junit.jupiter.api.extension.BeforeEachCallback;
import org.junit.jupiter.api.extension.ExtensionContext;
import org.junit.jupiter.api.extension.ParameterContext;
import org.junit.jupiter.api.extension.ParameterResolver;
import software.amazon.awssdk.services.dynamodb.DynamoDbAsyncClient;
import software.amazon.awssdk.services.dynamodb.DynamoDbClient;

/**
 * An extension of JUnit Jupiter that makes a {@link LockTestbed} for each test, hands it to the
 * test and its {@code @BeforeEach} methods as a parameter, and closes it after the test.
 *
 * <pre>{@code
 * @RegisterExtension final BatonExtension baton = BatonExtension.virtual();
 *
 * @Test
 * void workStops_whenTheLockIsLost(LockTestbed bed) { ... }
 * }</pre>
 *
 * <p>Without settings, {@code @ExtendWith(BatonExtension.class)} does the same. A test fails if its
 * testbed does not close ({@link LockTestbed#close}). Safe for tests that run in parallel: each has
 * a testbed of its own.
 */
public final class BatonExtension
    implements BeforeEachCallback, AfterEachCallback, ParameterResolver {
  private static final ExtensionContext.Namespace NAMESPACE =
      ExtensionContext.Namespace.create(BatonExtension.class);

  private final Supplier<LockTestbed> testbeds;

  /** Makes testbeds on virtual time. */
  public BatonExtension() {
    this(LockTestbed::virtual);
  }

  private BatonExtension(Supplier<LockTestbed> testbeds) {
    this.testbeds = testbeds;
  }

  /**
   * Makes testbeds on virtual time, with a table in memory.
   *
   * @return an extension
   */
  public static BatonExtension virtual() {
    return new BatonExtension();
  }

  /**
   * Makes testbeds on real time, with a table in memory.
   *
   * @return an extension
   */
  public static BatonExtension realTime() {
    return new BatonExtension(LockTestbed::realTime);
  }

  /**
   * Makes testbeds on real time, with a table of DynamoDB or of an engine with its interface. All
   * tests share the table: give their locks keys of their own.
   *
   * @param dynamoDb the SDK client; never closed by the extension
   * @param tableName the lock table, which has to exist
   * @return an extension
   */
  public static BatonExtension dynamoDb(DynamoDbClient dynamoDb, String tableName) {
    Objects.requireNonNull(dynamoDb, "dynamoDb");
    return new BatonExtension(() -> LockTestbed.dynamoDb(dynamoDb, tableName));
  }

  /**
   * Makes testbeds on real time, with a table of DynamoDB or of an engine with its interface. All
   * tests share the table: give their locks keys of their own.
   *
   * @param dynamoDb the SDK client; never closed by the extension
   * @param tableName the lock table, which has to exist
   * @return an extension
   */
  public static BatonExtension dynamoDb(DynamoDbAsyncClient dynamoDb, String tableName) {
    Objects.requireNonNull(dynamoDb, "dynamoDb");
    return new BatonExtension(() -> LockTestbed.dynamoDb(dynamoDb, tableName));
  }

  @Override
  public void beforeEach(ExtensionContext context) {
    context.getStore(NAMESPACE).put(LockTestbed.class, testbeds.get());
  }

  @Override
  public void afterEach(ExtensionContext context) {
    LockTestbed bed = context.getStore(NAMESPACE).remove(LockTestbed.class, LockTestbed.class);
    if (bed != null) {
      bed.close();
    }
  }

  @Override
  public boolean supportsParameter(ParameterContext parameter, ExtensionContext context) {
    return parameter.getParameter().getType() == LockTestbed.class
        && context.getTestMethod().isPresent();
  }

  @Override
  public Object resolveParameter(ParameterContext parameter, ExtensionContext context) {
    return Objects.requireNonNull(
        context.getStore(NAMESPACE).get(LockTestbed.class, LockTestbed.class),
        "A LockTestbed is made for each test; take it in the test or in a @BeforeEach method");
  }
}
