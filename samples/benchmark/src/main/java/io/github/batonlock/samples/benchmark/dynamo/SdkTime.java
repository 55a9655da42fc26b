package io.github.batonlock.samples.benchmark.dynamo;

import java.util.concurrent.atomic.LongAdder;
import software.amazon.awssdk.core.interceptor.Context;
import software.amazon.awssdk.core.interceptor.ExecutionAttribute;
import software.amazon.awssdk.core.interceptor.ExecutionAttributes;
import software.amazon.awssdk.core.interceptor.ExecutionInterceptor;

/** Adds up the time from the call of an SDK client to its answer: the SDK's own and the table's. */
public final class SdkTime implements ExecutionInterceptor {
  private static final ExecutionAttribute<Long> BEGAN = new ExecutionAttribute<>("benchmarkBegan");

  private final LongAdder nanos = new LongAdder();

  @Override
  public void beforeExecution(Context.BeforeExecution context, ExecutionAttributes attributes) {
    attributes.putAttribute(BEGAN, System.nanoTime());
  }

  @Override
  public void afterExecution(Context.AfterExecution context, ExecutionAttributes attributes) {
    nanos.add(System.nanoTime() - attributes.getAttribute(BEGAN));
  }

  /** The time of all calls since this was last asked, in nanoseconds. */
  public long take() {
    return nanos.sumThenReset();
  }
}
