package io.github.batonlock.internal.runtime;

import java.lang.annotation.ElementType;
import java.lang.annotation.Retention;
import java.lang.annotation.RetentionPolicy;
import java.lang.annotation.Target;

/**
 * A mark of fields that are read and written with a lock held, and of methods that are called with
 * it held. Error Prone's check of the same name, which recognizes the annotation by its name, fails
 * the build otherwise.
 */
@Target({ElementType.FIELD, ElementType.METHOD})
@Retention(RetentionPolicy.CLASS)
public @interface GuardedBy {
  /**
   * The lock.
   *
   * @return an expression of the class: {@code this}, or a field
   */
  String value();
}
