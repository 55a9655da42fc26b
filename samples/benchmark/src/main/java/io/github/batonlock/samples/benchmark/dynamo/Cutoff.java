package io.github.batonlock.samples.benchmark.dynamo;

import software.amazon.awssdk.core.exception.SdkClientException;
import software.amazon.awssdk.core.interceptor.Context;
import software.amazon.awssdk.core.interceptor.ExecutionAttribute;
import software.amazon.awssdk.core.interceptor.ExecutionAttributes;
import software.amazon.awssdk.core.interceptor.ExecutionInterceptor;
import software.amazon.awssdk.services.dynamodb.model.GetItemRequest;

/** Cuts an SDK client off from its table, as if its process had died, and knows the last write. */
public final class Cutoff implements ExecutionInterceptor {
  private static final ExecutionAttribute<Long> SENT = new ExecutionAttribute<>("benchmark.sent");

  private volatile boolean cut;
  private volatile long lastWrite;

  @Override
  public void beforeExecution(Context.BeforeExecution context, ExecutionAttributes attributes) {
    if (cut) {
      throw SdkClientException.create("cut off by the benchmark");
    }
  }

  @Override
  public void beforeTransmission(
      Context.BeforeTransmission context, ExecutionAttributes attributes) {
    attributes.putAttribute(SENT, System.nanoTime());
  }

  @Override
  public void afterExecution(Context.AfterExecution context, ExecutionAttributes attributes) {
    if (!(context.request() instanceof GetItemRequest)) {
      lastWrite = attributes.getAttribute(SENT);
    }
  }

  /** Whether requests fail from now on. */
  public void cut(boolean off) {
    cut = off;
  }

  /** When the last write that was applied was sent, by {@link System#nanoTime}. */
  public long lastWrite() {
    return lastWrite;
  }
}
