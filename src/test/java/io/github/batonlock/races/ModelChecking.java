package io.github.batonlock.races;

import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ConcurrentHashMap;
import org.jetbrains.lincheck.datastructures.ManagedStrategyGuaranteeKt;
import org.jetbrains.lincheck.datastructures.ModelCheckingOptions;

/**
 * How Lincheck explores a model: orders in which two threads can get at what they share, far more
 * of them than a machine would come upon by itself, and the same ones each time.
 *
 * <p>A model is a public class whose operations Lincheck puts together into scenarios. Their
 * results have to be those of some order without concurrency, and the model's own checks have to
 * hold.
 */
public final class ModelChecking {
  private static final int SCENARIOS = 12;
  private static final int ORDERS = 150;

  /** What the JDK makes safe for threads is taken to be so: looking inside takes too long. */
  private static final String[] SAFE = {
    CompletableFuture.class.getName(), ConcurrentHashMap.class.getName()
  };

  private ModelChecking() {}

  /**
   * Two threads with a few operations each, before them one and after them one.
   *
   * @param model the operations
   * @param others simple names of classes whose inner doings are not the subject
   */
  public static void check(Class<?> model, Class<?>... others) {
    ModelCheckingOptions options =
        new ModelCheckingOptions()
            .threads(2)
            .actorsBefore(1)
            .actorsPerThread(3)
            .actorsAfter(1)
            .iterations(SCENARIOS * Rounds.FACTOR)
            .invocationsPerIteration(ORDERS * Rounds.FACTOR)
            .addGuarantee(ManagedStrategyGuaranteeKt.forClasses(SAFE).allMethods().treatAsAtomic());
    for (Class<?> other : others) {
      options =
          options.addGuarantee(
              ManagedStrategyGuaranteeKt.forClasses(other.getName()).allMethods().ignore());
    }
    options.check(model);
  }
}
