package io.github.batonlock.checks;

import static org.assertj.core.api.Assertions.assertThat;

import com.tngtech.archunit.core.domain.JavaClass;
import com.tngtech.archunit.core.domain.JavaClasses;
import com.tngtech.archunit.core.domain.JavaConstructor;
import com.tngtech.archunit.core.importer.ImportOption;
import com.tngtech.archunit.junit.AnalyzeClasses;
import com.tngtech.archunit.junit.ArchTest;
import io.github.batonlock.internal.runtime.ConfinedTo;
import io.github.batonlock.internal.runtime.EventLoop;
import java.util.ArrayDeque;
import java.util.Deque;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import java.util.TreeSet;
import java.util.stream.Collectors;
import java.util.stream.Stream;

/**
 * How many classes may depend on each other, how many may stand in one package, and how much one
 * constructor may take. An exception that is not needed any more fails, too.
 */
@AnalyzeClasses(
    packages = "io.github.batonlock",
    importOptions = ImportOption.DoNotIncludeTests.class)
class ShapeTest {
  private static final String ROOT = "io.github.batonlock.";
  private static final String INTERNAL = ROOT + "internal.";
  private static final int CLASSES_IN_A_CYCLE = 8;
  private static final int CLASSES_IN_A_PACKAGE = 26;
  private static final int PARAMETERS = 6;

  /** Rooms whose classes are made by the composition root, or by each other. */
  private static final Set<String> ROOMS =
      Set.of("acquire", "session", "hold", "observe", "request", "callback");

  /**
   * Seven each: the parts of one call, and a value made for the constructor alone would hide them.
   */
  private static final Set<String> LARGE_CONSTRUCTORS =
      Set.of(
          "internal.acquire.Acquisition",
          "internal.acquire.TransactionalAcquisition",
          "internal.observe.KeyObserver");

  @ArchTest
  static void cycles_areOfFewClasses(JavaClasses classes) {
    Set<String> found = new TreeSet<>();
    for (Set<String> cycle : cycles(classes)) {
      if (cycle.size() > CLASSES_IN_A_CYCLE) {
        Set<String> packages =
            cycle.stream().map(ShapeTest::packageOf).collect(Collectors.toCollection(TreeSet::new));
        found.add(packages.size() == 1 ? packages.iterator().next() : cycle.toString());
      }
    }
    assertThat(found).isEmpty();
  }

  /** The classes that depend on each other, directly or not; each such set once. */
  private static Set<Set<String>> cycles(JavaClasses classes) {
    Map<String, Set<String>> uses = new TreeMap<>();
    for (JavaClass type : classes) {
      Set<String> used = uses.computeIfAbsent(topLevel(type), name -> new HashSet<>());
      type.getDirectDependenciesFromSelf().stream()
          .map(dependency -> dependency.getTargetClass().getBaseComponentType())
          .filter(target -> target.getName().startsWith(ROOT))
          .forEach(target -> used.add(topLevel(target)));
    }
    Map<String, Set<String>> reached = new HashMap<>();
    uses.keySet().forEach(name -> reached.put(name, reached(name, uses)));
    return uses.keySet().stream()
        .map(
            name ->
                reached.get(name).stream()
                    .filter(other -> reached.get(other).contains(name))
                    .collect(Collectors.<String, Set<String>>toCollection(TreeSet::new)))
        .filter(cycle -> cycle.size() > 1)
        .collect(Collectors.toSet());
  }

  private static Set<String> reached(String from, Map<String, Set<String>> uses) {
    Set<String> seen = new HashSet<>();
    Deque<String> left = new ArrayDeque<>(List.of(from));
    while (!left.isEmpty()) {
      for (String used : uses.getOrDefault(left.pop(), Set.of())) {
        if (seen.add(used)) {
          left.push(used);
        }
      }
    }
    return seen;
  }

  @ArchTest
  static void packages_areOfFewClasses(JavaClasses classes) {
    Map<String, Long> sizes =
        classes.stream()
            .map(ShapeTest::topLevel)
            .filter(name -> !name.endsWith("package-info"))
            .distinct()
            .collect(Collectors.groupingBy(ShapeTest::packageOf, Collectors.counting()));

    assertThat(sizes.values()).allMatch(size -> size <= CLASSES_IN_A_PACKAGE, sizes.toString());
  }

  /** A record is a value, made of its parts. */
  @ArchTest
  static void constructors_takeFewThings(JavaClasses classes) {
    Set<String> found =
        inRooms(classes)
            .filter(type -> !type.isRecord() && !type.isAnonymousClass() && !type.isLocalClass())
            .filter(type -> type.getConstructors().stream().anyMatch(ShapeTest::takesMuch))
            .map(type -> type.getName().substring(ROOT.length()))
            .collect(Collectors.toCollection(TreeSet::new));

    assertThat(found).isEqualTo(LARGE_CONSTRUCTORS);
  }

  private static boolean takesMuch(JavaConstructor constructor) {
    int outer = constructor.getOwner().isInnerClass() ? 1 : 0;
    return constructor.getRawParameterTypes().size() - outer > PARAMETERS;
  }

  /** What belongs to the loop, and has it at hand, checks that it runs there. */
  @ArchTest
  static void holds_onTheLoop_assertIt(JavaClasses classes) {
    Set<String> unchecked =
        classes.stream()
            .filter(type -> type.getPackageName().equals(INTERNAL + "hold"))
            .filter(type -> type.isAnnotatedWith(ConfinedTo.class))
            .filter(type -> type.getAnnotationOfType(ConfinedTo.class).value().equals("loop"))
            .filter(ShapeTest::hasTheLoop)
            .filter(type -> !assertsTheLoop(type))
            .map(JavaClass::getSimpleName)
            .collect(Collectors.toCollection(TreeSet::new));

    assertThat(unchecked).isEmpty();
  }

  private static boolean hasTheLoop(JavaClass type) {
    return type.getAllFields().stream()
        .anyMatch(field -> field.getRawType().isEquivalentTo(EventLoop.class));
  }

  private static boolean assertsTheLoop(JavaClass type) {
    return type.getMethodCallsFromSelf().stream()
        .anyMatch(
            call ->
                call.getTargetOwner().isEquivalentTo(EventLoop.class)
                    && call.getName().equals("isCurrent"));
  }

  private static Stream<JavaClass> inRooms(JavaClasses classes) {
    return classes.stream()
        .filter(type -> type.getPackageName().startsWith(INTERNAL))
        .filter(type -> ROOMS.contains(type.getPackageName().substring(INTERNAL.length())));
  }

  private static String topLevel(JavaClass type) {
    return type.getName().replaceFirst("\\$.*", "");
  }

  /** The package of a top-level class, without the part that all have. */
  private static String packageOf(String type) {
    int end = type.lastIndexOf('.');
    return end < ROOT.length() ? "" : type.substring(ROOT.length(), end);
  }
}
