package io.github.batonlock.simulation;

import java.io.IOException;
import java.io.InputStream;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;

/**
 * The library and the simulation once more, with a mistake in them: the classes of the edited
 * sources, everything else as it is, all loaded apart from the real classes.
 */
final class MutantClasses extends ClassLoader {
  private static final String OURS = "io.github.batonlock.";

  /** Read once for all mistakes. */
  private static final Map<String, byte[]> UNCHANGED = new ConcurrentHashMap<>();

  private final Map<String, byte[]> mutated;

  private MutantClasses(Map<String, byte[]> mutated) {
    super(MutantClasses.class.getClassLoader());
    this.mutated = mutated;
  }

  /** With the mistake in them. */
  static MutantClasses of(Mutant mutant, MutantCompiler compiler) {
    return new MutantClasses(compiler.compile(mutant));
  }

  /** Lives through one schedule: what {@link Campaign#violations} says. */
  Map<String, String> violations(Story.Kind kind, long seed) {
    try {
      Object found =
          loadClass(Campaign.class.getName())
              .getMethod("violations", String.class, long.class)
              .invoke(null, kind.name(), seed);
      Map<String, String> violations = new LinkedHashMap<>();
      ((Map<?, ?>) found).forEach((by, what) -> violations.put((String) by, (String) what));
      return violations;
    } catch (ReflectiveOperationException e) {
      throw new IllegalStateException(e);
    }
  }

  @Override
  protected Class<?> loadClass(String name, boolean resolve) throws ClassNotFoundException {
    if (!name.startsWith(OURS)) {
      return super.loadClass(name, resolve);
    }
    synchronized (getClassLoadingLock(name)) {
      Class<?> loaded = findLoadedClass(name);
      return loaded == null ? define(name) : loaded;
    }
  }

  private Class<?> define(String name) throws ClassNotFoundException {
    byte[] bytes = mutated.getOrDefault(name, UNCHANGED.get(name));
    if (bytes == null) {
      bytes = read(name);
      UNCHANGED.put(name, bytes);
    }
    return defineClass(name, bytes, 0, bytes.length);
  }

  private byte[] read(String name) throws ClassNotFoundException {
    try (InputStream file = getResourceAsStream(name.replace('.', '/') + ".class")) {
      if (file == null) {
        throw new ClassNotFoundException(name);
      }
      return file.readAllBytes();
    } catch (IOException e) {
      throw new ClassNotFoundException(name, e);
    }
  }
}
