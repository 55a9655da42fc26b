package io.github.batonlock.internal.runtime;

import java.lang.annotation.ElementType;
import java.lang.annotation.Retention;
import java.lang.annotation.RetentionPolicy;
import java.lang.annotation.Target;

/**
 * The mutable state of a class belongs to one thread at a time, and so does that of the classes
 * nested in it: its fields need neither locks nor {@code volatile}. What other threads read all the
 * same is {@code volatile} or final.
 *
 * <p>A class with plain fields has this annotation, or its fields have {@link GuardedBy}: a test
 * fails otherwise. What belongs to the loop asserts {@link EventLoop#isCurrent} where others might
 * enter.
 */
@Target(ElementType.TYPE)
@Retention(RetentionPolicy.CLASS)
public @interface ConfinedTo {
  /** The tasks of the client's loop. */
  String LOOP = "loop";

  /** The tasks of a recipe's serial executor. */
  String SERIAL = "serial executor";

  /** The thread that has made the object, or was handed it. */
  String ONE_THREAD = "one thread";

  /**
   * What runs one piece of code at a time.
   *
   * @return one of the constants
   */
  String value();
}
