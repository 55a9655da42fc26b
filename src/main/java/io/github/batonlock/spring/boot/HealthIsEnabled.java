package io.github.batonlock.spring.boot;

import org.springframework.context.annotation.Condition;
import org.springframework.context.annotation.ConditionContext;
import org.springframework.core.env.Environment;
import org.springframework.core.type.AnnotatedTypeMetadata;

/** The properties by which Spring Boot's own health indicators are switched off. */
final class HealthIsEnabled implements Condition {
  @Override
  public boolean matches(ConditionContext context, AnnotatedTypeMetadata metadata) {
    return isIn(context.getEnvironment());
  }

  static boolean isIn(Environment environment) {
    boolean all =
        environment.getProperty("management.health.defaults.enabled", Boolean.class, true);
    return environment.getProperty("management.health.baton.enabled", Boolean.class, all);
  }
}
