package io.github.batonlock.checks;

import java.io.IOException;
import java.lang.annotation.Annotation;
import java.lang.reflect.AnnotatedArrayType;
import java.lang.reflect.AnnotatedElement;
import java.lang.reflect.AnnotatedParameterizedType;
import java.lang.reflect.AnnotatedType;
import java.lang.reflect.AnnotatedTypeVariable;
import java.lang.reflect.AnnotatedWildcardType;
import java.lang.reflect.Constructor;
import java.lang.reflect.Executable;
import java.lang.reflect.Field;
import java.lang.reflect.Method;
import java.lang.reflect.Modifier;
import java.lang.reflect.TypeVariable;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Collections;
import java.util.List;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;

/**
 * The exported packages' public and protected types and members, a line each, in a stable order.
 */
final class PublicApi {
  /** What a user may import. */
  static final List<String> PACKAGES =
      List.of(
          "io.github.batonlock",
          "io.github.batonlock.crac",
          "io.github.batonlock.micrometer",
          "io.github.batonlock.recipe",
          "io.github.batonlock.recipe.election",
          "io.github.batonlock.recipe.group",
          "io.github.batonlock.shedlock",
          "io.github.batonlock.testing");

  private PublicApi() {}

  /** All packages. */
  static List<String> describe() throws IOException, ReflectiveOperationException {
    List<String> lines = new ArrayList<>();
    for (String name : PACKAGES) {
      lines.addAll(describe(name));
    }
    return lines;
  }

  /** One package. */
  static List<String> describe(String packageName)
      throws IOException, ReflectiveOperationException {
    List<String> lines = new ArrayList<>();
    for (Class<?> type : types(packageName)) {
      if (isVisible(type)) {
        lines.add(header(type));
        members(type).stream().sorted().map(line -> "  " + line).forEach(lines::add);
      }
    }
    return lines;
  }

  private static List<Class<?>> types(String packageName)
      throws IOException, ReflectiveOperationException {
    Path folder = Path.of("target/classes", packageName.replace('.', '/').split("/"));
    List<Class<?>> types = new ArrayList<>();
    try (Stream<Path> files = Files.list(folder)) {
      for (Path file : files.sorted().toList()) {
        String name = file.getFileName().toString();
        if (name.endsWith(".class") && !name.equals("package-info.class")) {
          types.add(
              Class.forName(
                  packageName + "." + name.substring(0, name.length() - 6),
                  false,
                  PublicApi.class.getClassLoader()));
        }
      }
    }
    return types;
  }

  private static boolean isVisible(Class<?> type) {
    return !type.isAnonymousClass()
        && !type.isLocalClass()
        && isVisible(type.getModifiers())
        && (type.getDeclaringClass() == null || isVisible(type.getDeclaringClass()));
  }

  private static boolean isVisible(int modifiers) {
    return Modifier.isPublic(modifiers) || Modifier.isProtected(modifiers);
  }

  private static String header(Class<?> type) {
    StringBuilder text = new StringBuilder(modifiers(type.getModifiers(), type.isInterface()));
    if (type.isSealed()) {
      text.append("sealed ");
    }
    text.append(
        type.isRecord()
            ? "record "
            : type.isEnum() ? "enum " : type.isInterface() ? "interface " : "class ");
    text.append(type.getName()).append(variables(type.getTypeParameters()));
    AnnotatedType parent = type.getAnnotatedSuperclass();
    if (parent != null && parent.getType() != Object.class && !type.isEnum() && !type.isRecord()) {
      text.append(" extends ").append(name(parent));
    }
    if (type.getInterfaces().length > 0) {
      text.append(type.isInterface() ? " extends " : " implements ")
          .append(names(type.getAnnotatedInterfaces()));
    }
    if (type.isAnnotationPresent(FunctionalInterface.class)) {
      text.append(" (functional)");
    }
    return text.toString();
  }

  private static List<String> members(Class<?> type) {
    List<String> lines = new ArrayList<>();
    if (type.isRecord()) {
      Arrays.stream(type.getRecordComponents())
          .map(part -> "component " + name(part.getAnnotatedType()) + " " + part.getName())
          .forEach(lines::add);
    }
    for (Field field : type.getDeclaredFields()) {
      if (isVisible(field.getModifiers())) {
        lines.add(
            field.isEnumConstant()
                ? "constant " + field.getName()
                : "field "
                    + modifiers(field.getModifiers(), false)
                    + name(field.getAnnotatedType())
                    + " "
                    + field.getName());
      }
    }
    for (Constructor<?> constructor : type.getDeclaredConstructors()) {
      if (isVisible(constructor.getModifiers()) && !constructor.isSynthetic()) {
        lines.add(
            "constructor "
                + modifiers(constructor.getModifiers(), false)
                + signature(constructor, "new"));
      }
    }
    for (Method method : type.getDeclaredMethods()) {
      if (isVisible(method.getModifiers()) && !method.isSynthetic() && !isEveryEnums(method)) {
        lines.add(
            "method "
                + modifiers(method.getModifiers(), type.isInterface())
                + (method.isDefault() ? "default " : "")
                + spaced(variables(method.getTypeParameters()))
                + name(method.getAnnotatedReturnType())
                + " "
                + signature(method, method.getName()));
      }
    }
    return lines;
  }

  private static String signature(Executable executable, String name) {
    String thrown = names(executable.getAnnotatedExceptionTypes());
    return name
        + "("
        + names(executable.getAnnotatedParameterTypes())
        + ")"
        + (thrown.isEmpty() ? "" : " throws " + thrown);
  }

  /** What matters to callers: an interface's members are abstract by nature. */
  private static String modifiers(int modifiers, boolean ofInterface) {
    int shown =
        Modifier.PUBLIC
            | Modifier.PROTECTED
            | Modifier.STATIC
            | Modifier.FINAL
            | (ofInterface ? 0 : Modifier.ABSTRACT);
    return spaced(Modifier.toString(modifiers & shown));
  }

  private static boolean isEveryEnums(Method method) {
    return method.getDeclaringClass().isEnum()
        && List.of("values", "valueOf").contains(method.getName());
  }

  private static String spaced(String text) {
    return text.isEmpty() ? "" : text + " ";
  }

  private static String variables(TypeVariable<?>[] variables) {
    return variables.length == 0
        ? ""
        : Arrays.stream(variables)
            .map(
                each ->
                    annotations(each)
                        + each.getName()
                        + bounds(" extends ", each.getAnnotatedBounds()))
            .collect(Collectors.joining(", ", "<", ">"));
  }

  private static String bounds(String word, AnnotatedType[] bounds) {
    boolean plain =
        bounds.length == 0
            || (bounds.length == 1
                && bounds[0].getType() == Object.class
                && bounds[0].getAnnotations().length == 0);
    return plain
        ? ""
        : word + Arrays.stream(bounds).map(PublicApi::name).collect(Collectors.joining(" & "));
  }

  private static String names(AnnotatedType[] types) {
    return Arrays.stream(types).map(PublicApi::name).collect(Collectors.joining(", "));
  }

  private static String name(AnnotatedType type) {
    if (type instanceof AnnotatedArrayType array) {
      return name(array.getAnnotatedGenericComponentType()) + annotations(type) + "[]";
    }
    if (type instanceof AnnotatedParameterizedType parameterized) {
      Class<?> raw =
          (Class<?>) ((java.lang.reflect.ParameterizedType) parameterized.getType()).getRawType();
      return annotations(type)
          + raw.getName()
          + "<"
          + names(parameterized.getAnnotatedActualTypeArguments())
          + ">";
    }
    if (type instanceof AnnotatedWildcardType wildcard) {
      AnnotatedType[] lower = wildcard.getAnnotatedLowerBounds();
      return annotations(type)
          + "?"
          + (lower.length > 0
              ? bounds(" super ", lower)
              : bounds(" extends ", wildcard.getAnnotatedUpperBounds()));
    }
    if (type instanceof AnnotatedTypeVariable variable) {
      return annotations(type) + variable.getType().getTypeName();
    }
    return annotations(type) + ((Class<?>) type.getType()).getName();
  }

  private static String annotations(AnnotatedElement element) {
    for (Annotation annotation : element.getAnnotations()) {
      if (annotation.annotationType() == Nullable.class) {
        return "@Nullable ";
      }
    }
    return "";
  }

  /** What is in one list only, marked as a diff marks it. */
  static List<String> difference(List<String> accepted, List<String> actual) {
    List<String> lines = new ArrayList<>();
    without(accepted, actual).forEach(line -> lines.add("- " + line));
    without(actual, accepted).forEach(line -> lines.add("+ " + line));
    return lines;
  }

  /** Lines are told apart by the type they stand under. */
  private static List<String> without(List<String> lines, List<String> others) {
    List<String> left = new ArrayList<>(qualified(lines));
    left.removeAll(qualified(others));
    return Collections.unmodifiableList(left);
  }

  private static List<String> qualified(List<String> lines) {
    List<String> qualified = new ArrayList<>();
    String type = "";
    for (String line : lines) {
      if (line.startsWith("  ")) {
        qualified.add(type + ": " + line.strip());
      } else {
        type = line.replaceFirst(".*?(io\\.github[\\w.$]*).*", "$1");
        qualified.add(line);
      }
    }
    return qualified;
  }
}
