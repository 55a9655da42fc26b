package io.github.batonlock.internal.runtime;

import java.lang.annotation.ElementType;
import java.lang.annotation.Retention;
import java.lang.annotation.RetentionPolicy;
import java.lang.annotation.Target;

/**
 * A mark of classes with mutable state that belongs to one thread at a time, nested classes
 * included. Their fields need neither locks nor {@code volatile}. Fields that other threads read
 * are {@code volatile} or final.
 *
 * <p>A class with plain fields has this annotation, or its fields have {@link GuardedBy}: a test
 * fails otherwise. A class that belongs to the loop asserts {@link EventLoop#isCurrent} where other
 * threads might enter.
 */
@Target(ElementType.TYPE)
@Retention(RetentionPolicy.CLASS)
public @interface ConfinedTo {
  /** The tasks of the client's loop. */
  String LOOP = "loop";

  /** The tasks of a recipe's serial executor. */
  String SERIAL = "serial executor";

  /** The thread that has created the object, or was handed it. */
  String ONE_THREAD = "one thread";

  /**
   * The owner of the state, which runs one piece of code at a time.
   *
   * @return one of the constants
   */
  String value();
}
