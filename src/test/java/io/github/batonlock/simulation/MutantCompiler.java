package io.github.batonlock.simulation;

import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.OutputStream;
import java.io.UncheckedIOException;
import java.net.URI;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.regex.Pattern;
import java.util.stream.Collectors;
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
 * Makes known mistakes in the sources and compiles them in memory. What it reads of the class path
 * serves for all of them. For one thread.
 */
final class MutantCompiler implements AutoCloseable {
  private static final List<String> OPTIONS =
      List.of("-proc:none", "-nowarn", "-classpath", System.getProperty("java.class.path"));

  private final JavaCompiler compiler = ToolProvider.getSystemJavaCompiler();
  private final StandardJavaFileManager files = compiler.getStandardFileManager(null, null, null);

  /** Why the mistake cannot be made in the sources as they are; null if it can. */
  static @Nullable String problem(Mutant mutant) {
    try {
      Map<String, String> unused = edited(mutant);
      return null;
    } catch (IllegalArgumentException e) {
      return e.getMessage();
    }
  }

  /** The classes of the edited sources, by name. */
  Map<String, byte[]> compile(Mutant mutant) {
    List<Source> units =
        edited(mutant).entrySet().stream().map(e -> new Source(e.getKey(), e.getValue())).toList();
    DiagnosticCollector<JavaFileObject> problems = new DiagnosticCollector<>();
    Map<String, ByteArrayOutputStream> compiled = new HashMap<>();
    if (!compiler
        .getTask(null, new InMemory(files, compiled), problems, OPTIONS, null, units)
        .call()) {
      throw new IllegalArgumentException(
          "'%s' does not compile: %s".formatted(mutant, problems.getDiagnostics()));
    }
    return compiled.entrySet().stream()
        .collect(Collectors.toMap(Map.Entry::getKey, e -> e.getValue().toByteArray()));
  }

  private static Map<String, String> edited(Mutant mutant) {
    Map<String, String> sources = new HashMap<>();
    for (Mutant.Edit edit : mutant.edits()) {
      String source = sources.computeIfAbsent(edit.file(), MutantCompiler::read);
      if (source.split(Pattern.quote(edit.before()), -1).length != 2) {
        throw new IllegalArgumentException(
            "'%s': not exactly once in %s: %s"
                .formatted(mutant.mistake(), edit.file(), edit.before()));
      }
      sources.put(edit.file(), source.replace(edit.before(), edit.after()));
    }
    return sources;
  }

  private static String read(String file) {
    try {
      return Files.readString(Sources.BY_NAME.get(file));
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  @Override
  public void close() throws IOException {
    files.close();
  }

  /** Where the sources are, found when first asked for. */
  private static final class Sources {
    static final Map<String, Path> BY_NAME = find();

    private static Map<String, Path> find() {
      try (Stream<Path> all = Files.walk(Path.of("src"))) {
        return all.sorted()
            .filter(path -> path.toString().endsWith(".java"))
            .collect(
                Collectors.toMap(
                    path -> path.getFileName().toString(), path -> path, (first, other) -> first));
      } catch (IOException e) {
        throw new UncheckedIOException(e);
      }
    }
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
