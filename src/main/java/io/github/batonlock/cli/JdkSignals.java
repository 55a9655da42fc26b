package io.github.batonlock.cli;

import java.lang.reflect.InvocationTargetException;
import java.lang.reflect.Proxy;

/**
 * The signals of the JVM. The JDK has no API for them in a module that compiles without warnings,
 * so the classes are found by name.
 */
enum JdkSignals implements Signals {
  INSTANCE;

  @Override
  public void handOver(Receiver receiver) {
    for (Signal signal : Signal.values()) {
      try {
        handOver(signal, receiver);
      } catch (InvocationTargetException e) {
        // The JVM was told to leave this signal alone (-Xrs).
      } catch (ReflectiveOperationException e) {
        throw new IllegalStateException(
            "This Java cannot hand over signals (module jdk.unsupported is missing)", e);
      }
    }
  }

  private static void handOver(Signal signal, Receiver receiver)
      throws ReflectiveOperationException {
    Class<?> type = Class.forName("sun.misc.Signal");
    Class<?> handlerType = Class.forName("sun.misc.SignalHandler");
    Object handler =
        Proxy.newProxyInstance(
            JdkSignals.class.getClassLoader(),
            new Class<?>[] {handlerType},
            (proxy, method, arguments) ->
                switch (method.getName()) {
                  case "equals" -> proxy == arguments[0];
                  case "hashCode" -> System.identityHashCode(proxy);
                  case "toString" -> "handler of " + signal;
                  default -> {
                    receiver.came(signal);
                    yield null;
                  }
                });
    Object named = type.getConstructor(String.class).newInstance(signal.name());
    Object unused = type.getMethod("handle", type, handlerType).invoke(null, named, handler);
  }
}
