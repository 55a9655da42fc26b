package io.github.batonlock.spring.boot;

import java.lang.reflect.Constructor;
import java.lang.reflect.InvocationHandler;
import java.lang.reflect.Method;
import java.lang.reflect.Proxy;
import java.util.Map;
import org.jspecify.annotations.Nullable;
import org.springframework.beans.factory.FactoryBean;
import org.springframework.util.ClassUtils;

/**
 * A health indicator with the types of Spring Boot 3, by reflection: one program cannot be compiled
 * with them and with those of Spring Boot 4, which have the same artifact. Any thread.
 */
final class Boot3HealthIndicator implements FactoryBean<Object>, InvocationHandler {
  /** The interface of health indicators. */
  static final String TYPE = "org.springframework.boot.actuate.health.HealthIndicator";

  private final TableHealth table;
  private final Class<?> type;
  private final Constructor<?> newBuilder;
  private final Method status;
  private final Method withDetails;
  private final Method build;

  /**
   * An indicator.
   *
   * @param typeName {@link #TYPE}; or, in tests, the interface of the same form of Spring Boot 4
   */
  Boot3HealthIndicator(TableHealth table, String typeName) throws ReflectiveOperationException {
    ClassLoader loader = ClassUtils.getDefaultClassLoader();
    this.table = table;
    this.type = ClassUtils.forName(typeName, loader);
    Class<?> builder = ClassUtils.forName(type.getPackageName() + ".Health$Builder", loader);
    this.newBuilder = builder.getConstructor();
    this.status = builder.getMethod("status", String.class);
    this.withDetails = builder.getMethod("withDetails", Map.class);
    this.build = builder.getMethod("build");
  }

  @Override
  public Object getObject() {
    return Proxy.newProxyInstance(type.getClassLoader(), new Class<?>[] {type}, this);
  }

  @Override
  public Class<?> getObjectType() {
    return type;
  }

  @Override
  public @Nullable Object invoke(Object proxy, Method method, Object @Nullable [] arguments)
      throws Throwable {
    if (method.isDefault()) {
      return InvocationHandler.invokeDefault(proxy, method, arguments);
    }
    return switch (method.getName()) {
      case "health" -> health();
      case "equals" -> arguments != null && proxy == arguments[0];
      case "hashCode" -> System.identityHashCode(proxy);
      default -> "batonHealthIndicator";
    };
  }

  private Object health() throws ReflectiveOperationException {
    TableHealth.Finding finding = table.look();
    Object builder = newBuilder.newInstance();
    var unused = status.invoke(builder, finding.status().name());
    unused = withDetails.invoke(builder, finding.details());
    return build.invoke(builder);
  }
}
