package io.github.batonlock.internal.runtime;

import java.lang.annotation.ElementType;
import java.lang.annotation.Retention;
import java.lang.annotation.RetentionPolicy;
import java.lang.annotation.Target;

/**
 * A field that is read and written with a lock held, a method that is called so. Error Prone's
 * check of the same name, which goes by the name of the annotation, fails the build otherwise.
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
