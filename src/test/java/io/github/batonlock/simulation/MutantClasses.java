package io.github.batonlock.simulation;

import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.io.UncheckedIOException;
import java.net.URI;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.stream.Stream;
import javax.tools.DiagnosticCollector;
import javax.tools.FileObject;
import javax.tools.ForwardingJavaFileManager;
import javax.tools.JavaCompiler;
import javax.tools.JavaFileManager;
import javax.tools.JavaFileObject;
import javax.tools.SimpleJavaFileObject;
import javax.tools.StandardJavaFileManager;
import javax.tools.ToolProvider;
import org.jspecify.annotations.Nullable;

/**
 * The library and the simulation once more, with a mistake in them: the edited sources compiled in
 * memory, everything else as it is, all loaded apart from the real classes.
 */
final class MutantClasses extends ClassLoader {
  private static final String OURS = "io.github.batonlock.";

  private final Map<String, byte[]> mutated;

  private MutantClasses(Map<String, byte[]> mutated) {
    super(MutantClasses.class.getClassLoader());
    this.mutated = mutated;
  }

  /** Makes the mistake. */
  static MutantClasses of(Mutant mutant) {
    return new MutantClasses(compile(edited(mutant)));
  }

  /** Why the mistake cannot be made in the sources as they are; null if it can. */
  static @Nullable String problem(Mutant mutant) {
    try {
      Map<String, String> unused = edited(mutant);
      return null;
    } catch (IllegalArgumentException e) {
      return e.getMessage();
    }
  }

  private static Map<String, String> edited(Mutant mutant) {
    Map<String, String> sources = new HashMap<>();
    for (Mutant.Edit edit : mutant.edits()) {
      String source = sources.computeIfAbsent(edit.file(), MutantClasses::read);
      if (source.split(java.util.regex.Pattern.quote(edit.before()), -1).length != 2) {
        throw new IllegalArgumentException(
            "'%s': not exactly once in %s: %s"
                .formatted(mutant.mistake(), edit.file(), edit.before()));
      }
      sources.put(edit.file(), source.replace(edit.before(), edit.after()));
    }
    return sources;
  }

  /** Hunts it with so many schedules; what {@link Campaign#hunt} says. */
  List<String> hunt(Story.Kind kind, long first, long schedules) {
    try {
      Object found =
          loadClass(Campaign.class.getName())
              .getMethod("hunt", String.class, long.class, long.class)
              .invoke(null, kind.name(), first, schedules);
      return ((List<?>) found).stream().map(String::valueOf).toList();
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
    byte[] bytes = mutated.get(name);
    if (bytes == null) {
      try (InputStream file = getResourceAsStream(name.replace('.', '/') + ".class")) {
        if (file == null) {
          throw new ClassNotFoundException(name);
        }
        bytes = file.readAllBytes();
      } catch (IOException e) {
        throw new ClassNotFoundException(name, e);
      }
    }
    return defineClass(name, bytes, 0, bytes.length);
  }

  private static String read(String file) {
    try (Stream<Path> all = Files.walk(Path.of("src"))) {
      Path found = all.filter(path -> path.endsWith(file)).findFirst().orElseThrow();
      return Files.readString(found);
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  private static Map<String, byte[]> compile(Map<String, String> sources) {
    JavaCompiler compiler = ToolProvider.getSystemJavaCompiler();
    DiagnosticCollector<JavaFileObject> problems = new DiagnosticCollector<>();
    StandardJavaFileManager files = compiler.getStandardFileManager(problems, null, null);
    Map<String, ByteArrayOutputStream> compiled = new HashMap<>();
    List<Source> units =
        sources.entrySet().stream().map(e -> new Source(e.getKey(), e.getValue())).toList();
    List<String> options =
        List.of("-proc:none", "-nowarn", "-classpath", System.getProperty("java.class.path"));
    if (!compiler
        .getTask(null, new InMemory(files, compiled), problems, options, null, units)
        .call()) {
      throw new IllegalArgumentException("does not compile: " + problems.getDiagnostics());
    }
    Map<String, byte[]> classes = new HashMap<>();
    compiled.forEach((name, bytes) -> classes.put(name, bytes.toByteArray()));
    return classes;
  }

  private static final class Source extends SimpleJavaFileObject {
    private final String text;

    Source(String file, String text) {
      super(URI.create("memory:///" + file), Kind.SOURCE);
      this.text = text;
    }

    @Override
    public CharSequence getCharContent(boolean ignoreEncodingErrors) {
      return text;
    }
  }

  private static final class InMemory extends ForwardingJavaFileManager<JavaFileManager> {
    private final Map<String, ByteArrayOutputStream> compiled;

    InMemory(JavaFileManager files, Map<String, ByteArrayOutputStream> compiled) {
      super(files);
      this.compiled = compiled;
    }

    @Override
    public JavaFileObject getJavaFileForOutput(
        Location location, String className, JavaFileObject.Kind kind, FileObject sibling) {
      ByteArrayOutputStream bytes = new ByteArrayOutputStream();
      compiled.put(className, bytes);
      return new SimpleJavaFileObject(URI.create("memory:///" + className), kind) {
        @Override
        public OutputStream openOutputStream() {
          return bytes;
        }
      };
    }
  }
}
