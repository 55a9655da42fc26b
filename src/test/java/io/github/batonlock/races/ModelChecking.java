package io.github.batonlock.races;

import java.lang.reflect.Method;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ConcurrentHashMap;
import java.util.stream.Stream;
import kotlin.Unit;
import kotlin.reflect.jvm.ReflectJvmMapping;
import org.jetbrains.lincheck.datastructures.DSLParallelScenario;
import org.jetbrains.lincheck.datastructures.DSLThreadScenario;
import org.jetbrains.lincheck.datastructures.ManagedStrategyGuaranteeKt;
import org.jetbrains.lincheck.datastructures.ModelCheckingOptions;

/**
 * How Lincheck explores a model: orders in which two threads can get at what they share, far more
 * of them than a machine would come upon by itself.
 *
 * <p>A model is a public class with operations. Their results have to be those of some order
 * without concurrency, in the model or in its sequential twin, and the model's own checks have to
 * hold. Scenarios that are known to matter are given; Lincheck makes up some more.
 */
public final class ModelChecking {
  private static final int MADE_UP = 1;
  private static final int ORDERS = 30;

  /** What the JDK makes safe for threads is taken to be so: looking inside takes too long. */
  private static final String[] SAFE = {
    CompletableFuture.class.getName(), ConcurrentHashMap.class.getName()
  };

  private final Class<?> model;
  private final ModelCheckingOptions options =
      new ModelCheckingOptions()
          .threads(2)
          .actorsBefore(1)
          .actorsPerThread(3)
          .actorsAfter(1)
          .iterations(MADE_UP * Rounds.FACTOR)
          .invocationsPerIteration(ORDERS * Rounds.FACTOR)
          .addGuarantee(ManagedStrategyGuaranteeKt.forClasses(SAFE).allMethods().treatAsAtomic());

  private ModelChecking(Class<?> model) {
    this.model = model;
  }

  /** Explores the operations of this class. */
  public static ModelChecking of(Class<?> model) {
    return new ModelChecking(model);
  }

  /** The results have to be those of this class, whose operations have the same names. */
  public ModelChecking asIf(Class<?> sequential) {
    options.sequentialSpecification(sequential);
    return this;
  }

  /** What happens inside these classes is not the subject. */
  public ModelChecking ignoring(Class<?>... others) {
    String[] names = Stream.of(others).map(Class::getName).toArray(String[]::new);
    options.addGuarantee(ManagedStrategyGuaranteeKt.forClasses(names).allMethods().ignore());
    return this;
  }

  /** Two threads, each with the names of its operations, blanks between them. */
  public ModelChecking scenario(String first, String second) {
    options.addCustomScenario(
        scenario -> {
          scenario.parallel(
              threads -> {
                thread(threads, first);
                thread(threads, second);
                return Unit.INSTANCE;
              });
          return Unit.INSTANCE;
        });
    return this;
  }

  private void thread(DSLParallelScenario threads, String operations) {
    threads.thread(
        thread -> {
          Stream.of(operations.split(" ", -1)).forEach(name -> add(thread, name));
          return Unit.INSTANCE;
        });
  }

  private void add(DSLThreadScenario thread, String operation) {
    Method method =
        Stream.of(model.getMethods())
            .filter(candidate -> candidate.getName().equals(operation))
            .findAny()
            .orElseThrow();
    thread.actor(ReflectJvmMapping.getKotlinFunction(method));
  }

  /** Fails with the order of events, if one is found that must not be. */
  public void check() {
    options.check(model);
  }
}
