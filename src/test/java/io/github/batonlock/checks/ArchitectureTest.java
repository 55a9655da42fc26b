package io.github.batonlock.checks;

import static com.tngtech.archunit.base.DescribedPredicate.describe;
import static com.tngtech.archunit.core.domain.JavaClass.Predicates.resideInAPackage;
import static com.tngtech.archunit.core.domain.JavaClass.Predicates.resideInAnyPackage;
import static com.tngtech.archunit.core.domain.JavaClass.Predicates.type;
import static com.tngtech.archunit.lang.conditions.ArchConditions.dependOnClassesThat;
import static com.tngtech.archunit.lang.syntax.ArchRuleDefinition.classes;
import static com.tngtech.archunit.lang.syntax.ArchRuleDefinition.noClasses;
import static com.tngtech.archunit.library.dependencies.SlicesRuleDefinition.slices;
import static org.assertj.core.api.Assertions.assertThat;

import com.tngtech.archunit.base.DescribedPredicate;
import com.tngtech.archunit.core.domain.AccessTarget;
import com.tngtech.archunit.core.domain.Dependency;
import com.tngtech.archunit.core.domain.JavaAccess;
import com.tngtech.archunit.core.domain.JavaClass;
import com.tngtech.archunit.core.domain.JavaClasses;
import com.tngtech.archunit.core.domain.JavaField;
import com.tngtech.archunit.core.domain.JavaModifier;
import com.tngtech.archunit.core.importer.ImportOption;
import com.tngtech.archunit.junit.AnalyzeClasses;
import com.tngtech.archunit.junit.ArchTest;
import com.tngtech.archunit.lang.ArchRule;
import io.github.batonlock.Fencing;
import io.github.batonlock.LockClient;
import io.github.batonlock.LockInfo;
import io.github.batonlock.LockRequest;
import io.github.batonlock.internal.callback.ListenerPair;
import io.github.batonlock.internal.client.Acquiring;
import io.github.batonlock.internal.client.DefaultLockClient;
import io.github.batonlock.internal.client.HoldOfOneLock;
import io.github.batonlock.internal.client.RecipeSupport;
import io.github.batonlock.internal.config.Bound;
import io.github.batonlock.internal.config.ClientConfig;
import io.github.batonlock.internal.dynamodb.DynamoCalls;
import io.github.batonlock.internal.dynamodb.TableSetup;
import io.github.batonlock.internal.runtime.ConfinedTo;
import io.github.batonlock.internal.runtime.GuardedBy;
import io.github.batonlock.internal.runtime.Printable;
import io.github.batonlock.testing.BatonExtension;
import java.time.Instant;
import java.util.Collection;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeSet;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.Executor;
import java.util.concurrent.ExecutorService;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import software.amazon.awssdk.services.dynamodb.model.AttributeValue;

/** The directions between the packages, and what may be used where (docs/architecture.md). */
@AnalyzeClasses(
    packages = "io.github.batonlock",
    importOptions = ImportOption.DoNotIncludeTests.class)
class ArchitectureTest {
  private static final String PUBLIC = "io.github.batonlock";
  private static final String RECIPE = "io.github.batonlock.recipe";
  private static final String SHEDLOCK = PUBLIC + ".shedlock";
  private static final String CRAC = PUBLIC + ".crac";
  private static final String CLI = "io.github.batonlock.cli";
  private static final String MICROMETER = "io.github.batonlock.micrometer";
  private static final String TESTING = PUBLIC + ".testing";
  private static final String INTERNAL = PUBLIC + ".internal.";
  private static final String CLIENT = INTERNAL + "client";
  private static final String PROTOCOL = INTERNAL + "protocol";
  private static final String STORE = INTERNAL + "store";
  private static final String DYNAMODB = INTERNAL + "dynamodb";
  private static final String RUNTIME = INTERNAL + "runtime";
  private static final String VIRTUAL = INTERNAL + "virtual";

  /** Each room may use those after it; {@code runtime} is for all. */
  private static final List<String> LAYERS =
      List.of(
          "client",
          "acquire",
          "session",
          "hold",
          "observe",
          "request",
          "callback",
          "config",
          "store",
          "protocol");

  private static final Set<String> FOR_ALL = Set.of("runtime");

  /** Rooms beside the layers, and what they may use. */
  private static final Map<String, Set<String>> BESIDE =
      Map.of(
          "dynamodb", Set.of("store", "protocol"),
          "operator", Set.of("dynamodb", "config", "store", "protocol"),
          "virtual", Set.of("dynamodb", "store", "protocol"),
          "runtime", Set.of());

  /** Rooms of one layer: neither may use the other. */
  private static final Set<Set<String>> NEIGHBOURS = Set.of(Set.of("request", "callback"));

  @ArchTest
  static void everyClass_isInAPackageOfTheArchitecture(JavaClasses classes) {
    Set<String> expected =
        Stream.of(LAYERS, BESIDE.keySet())
            .flatMap(Collection::stream)
            .map(INTERNAL::concat)
            .collect(Collectors.toCollection(TreeSet::new));
    expected.addAll(Set.of(PUBLIC, RECIPE, RECIPE + ".election", RECIPE + ".group"));
    expected.addAll(Set.of(MICROMETER, SHEDLOCK, TESTING, CRAC, CLI, CLI + ".locks"));
    assertThat(packages(classes)).isEqualTo(expected);
  }

  @ArchTest
  static final ArchRule rooms_haveNo_cycles =
      slices().matching(INTERNAL + "(*)..").should().beFreeOfCycles();

  @ArchTest
  static void doors_openOneWay(JavaClasses classes) {
    Set<String> against = new TreeSet<>();
    for (JavaClass type : classes) {
      String from = room(type);
      for (Dependency dependency : type.getDirectDependenciesFromSelf()) {
        String to = room(dependency.getTargetClass());
        if (!from.isEmpty() && !to.isEmpty() && !mayUse(from, to)) {
          against.add(simple(type) + " -> " + simple(dependency.getTargetClass()));
        }
      }
    }
    assertThat(against).isEmpty();
  }

  private static boolean mayUse(String from, String to) {
    if (from.equals(to) || FOR_ALL.contains(to)) {
      return true;
    }
    if (BESIDE.containsKey(from)) {
      return BESIDE.get(from).contains(to);
    }
    boolean isBelow = LAYERS.indexOf(from) < LAYERS.indexOf(to);
    boolean isRoot = from.equals("client") && to.equals("dynamodb");
    return isRoot || (isBelow && !NEIGHBOURS.contains(Set.of(from, to)));
  }

  /** The room of an internal class; empty for others. */
  private static String room(JavaClass type) {
    String name = type.getPackageName();
    return name.startsWith(INTERNAL) ? name.substring(INTERNAL.length()) : "";
  }

  /** Decisions take what happened and now, and give values. */
  @ArchTest
  static final ArchRule protocol_knows_neitherClientsNorThreads =
      noClasses()
          .that()
          .resideInAPackage(PROTOCOL)
          .should()
          .dependOnClassesThat(
              resideInAnyPackage("software.amazon.awssdk.services..", "org.slf4j..")
                  .or(resideInAnyPackage("java.util.concurrent..", "java.io..", "java.net..")));

  @ArchTest
  static final ArchRule client_isUsedBy_theBuilderOnly =
      noClasses()
          .that()
          .resideOutsideOfPackage(CLIENT)
          .and()
          .areNotAssignableTo(LockClient.Builder.class)
          .and()
          .resideOutsideOfPackages(RECIPE + "..", SHEDLOCK, TESTING)
          .should()
          .dependOnClassesThat()
          .resideInAPackage(CLIENT);

  /** Built on the public API; of the insides, timers, threads and bounds only. */
  @ArchTest
  static final ArchRule recipes_dependOn_thePublicApiAndTheirSupport =
      noClasses()
          .that()
          .resideInAPackage(RECIPE + "..")
          .should()
          .dependOnClassesThat(
              resideInAnyPackage(PUBLIC + ".internal..")
                  .and(DescribedPredicate.not(resideInAnyPackage(RUNTIME, INTERNAL + "config")))
                  .and(DescribedPredicate.not(type(RecipeSupport.class)))
                  .and(DescribedPredicate.not(type(Acquiring.class)))
                  .and(DescribedPredicate.not(type(HoldOfOneLock.class))));

  /** An optional part: only there is ShedLock's library needed, and nothing else needs the part. */
  @ArchTest
  static final ArchRule shedlock_isNamedBy_itsPackageOnly =
      noClasses()
          .that()
          .resideOutsideOfPackage(SHEDLOCK)
          .should()
          .dependOnClassesThat()
          .resideInAnyPackage(SHEDLOCK, "net.javacrumbs..");

  @ArchTest
  static final ArchRule shedlock_dependsOn_thePublicApiAndTheSupportOfRecipes =
      noClasses()
          .that()
          .resideInAPackage(SHEDLOCK)
          .should()
          .dependOnClassesThat(
              resideInAnyPackage(PUBLIC + ".internal..", RECIPE + "..")
                  .and(DescribedPredicate.not(resideInAPackage(RUNTIME)))
                  .and(DescribedPredicate.not(type(RecipeSupport.class))));

  /** An optional part on the public API: only there is the library of checkpoints needed. */
  @ArchTest
  static final ArchRule crac_isNamedBy_itsPackageOnly =
      noClasses()
          .that()
          .resideOutsideOfPackage(CRAC)
          .should()
          .dependOnClassesThat()
          .resideInAnyPackage(CRAC, "org.crac..");

  @ArchTest
  static final ArchRule crac_dependsOn_thePublicApi =
      noClasses()
          .that()
          .resideInAPackage(CRAC)
          .should()
          .dependOnClassesThat(resideInAnyPackage(PUBLIC + ".internal..", RECIPE + ".."));

  @ArchTest
  static final ArchRule core_knows_noRecipe =
      noClasses()
          .that()
          .resideOutsideOfPackages(RECIPE + "..", MICROMETER)
          .should()
          .dependOnClassesThat()
          .resideInAPackage(RECIPE + "..");

  /** A program on top of the library, whose libraries the library does not need. */
  @ArchTest
  static final ArchRule tool_isKnown_toNoOtherPackage =
      noClasses()
          .that()
          .resideOutsideOfPackage(CLI + "..")
          .should()
          .dependOnClassesThat(
              resideInAnyPackage(
                  CLI + "..",
                  "picocli..",
                  "com.fasterxml.jackson..",
                  "software.amazon.awssdk.http.urlconnection.."));

  /** Of the insides, the operator's room and annotations. */
  @ArchTest
  static final ArchRule tool_dependsOn_thePublicApi =
      noClasses()
          .that()
          .resideInAPackage(CLI + "..")
          .should()
          .dependOnClassesThat(
              resideInAnyPackage(PUBLIC + ".internal..")
                  .and(DescribedPredicate.not(resideInAnyPackage(INTERNAL + "operator")))
                  .and(DescribedPredicate.not(type(ConfinedTo.class)))
                  .and(DescribedPredicate.not(type(GuardedBy.class))));

  /** A program without the library starts, as long as it does not name this package. */
  @ArchTest
  static final ArchRule micrometer_isNamed_byItsPackageOnly =
      noClasses()
          .that()
          .resideOutsideOfPackage(MICROMETER)
          .should()
          .dependOnClassesThat()
          .resideInAnyPackage("io.micrometer..", MICROMETER);

  @ArchTest
  static final ArchRule meters_dependOn_thePublicApiAndMicrometer =
      classes()
          .that()
          .resideInAPackage(MICROMETER)
          .should()
          .onlyDependOnClassesThat()
          .resideInAnyPackage(
              MICROMETER,
              PUBLIC,
              RECIPE + ".election",
              "io.micrometer..",
              "java..",
              "org.jspecify..",
              "software.amazon.awssdk..");

  @ArchTest
  static void publicPackage_dependsOn_theseInternalsOnly(JavaClasses classes) {
    Set<String> uses = new TreeSet<>();
    for (JavaClass type : classes) {
      if (type.getPackageName().equals(PUBLIC)) {
        type.getDirectDependenciesFromSelf().stream()
            .map(Dependency::getTargetClass)
            .filter(ArchitectureTest::isInternal)
            .forEach(used -> uses.add(simple(type) + " -> " + topLevel(used)));
      }
    }
    assertThat(uses)
        .containsExactlyInAnyOrder(
            "LockClient -> " + ClientConfig.class.getName(),
            "LockClient -> " + DefaultLockClient.class.getName(),
            "LockClient -> " + DynamoCalls.class.getName(),
            "LockInfo -> " + Printable.class.getName(),
            "LockKey -> " + Bound.class.getName(),
            "LockKey -> " + Printable.class.getName(),
            "LockListener -> " + ListenerPair.class.getName(),
            "LockRequest -> " + Bound.class.getName(),
            "LockTable -> " + DynamoCalls.class.getName(),
            "LockTable -> " + TableSetup.class.getName(),
            "MalformedLockItemException -> " + Printable.class.getName(),
            "ReleaseRequest -> " + Printable.class.getName());
  }

  /** Elsewhere, an item is what the codec made of it. */
  @ArchTest
  static final ArchRule attributeValue_isFor_theStoreAndTheUsersOwnItems =
      noClasses()
          .that()
          .resideOutsideOfPackages(STORE, DYNAMODB, VIRTUAL)
          .and()
          .doNotBelongToAnyOf(LockRequest.class, LockInfo.class, Fencing.class)
          .should()
          .dependOnClassesThat()
          .areAssignableTo(AttributeValue.class);

  @ArchTest
  static final ArchRule threads_areMade_inRuntimeOnly =
      noClasses()
          .that()
          .resideOutsideOfPackages(RUNTIME, VIRTUAL)
          .and()
          .doNotBelongToAnyOf(LockRequest.class)
          .should(
              dependOnClassesThat(
                  describe("make or are threads", ArchitectureTest::isAboutThreads)));

  /** It names the thread for which a lock is held, and hands it on. */
  @ArchTest
  static final ArchRule requests_askNothing_ofThreads =
      noClasses()
          .that()
          .belongToAnyOf(LockRequest.class)
          .should()
          .accessClassesThat(describe("make or are threads", ArchitectureTest::isAboutThreads));

  /** The tool is a program: its time limits are those of processes. */
  @ArchTest
  static final ArchRule clocks_areRead_inRuntimeOnly =
      noClasses()
          .that()
          .resideOutsideOfPackages(RUNTIME, VIRTUAL, CLI + "..")
          .should()
          .accessTargetWhere(describe("it reads a clock", ArchitectureTest::readsAClock))
          .orShould()
          .dependOnClassesThat()
          .areAssignableTo(java.util.Date.class);

  /** The test kit hands one to services under test. */
  @ArchTest
  static final ArchRule clocksOfTheJdk_areNamed_byTheTestKit =
      noClasses()
          .that()
          .resideOutsideOfPackages(RUNTIME, VIRTUAL, TESTING, CLI + "..")
          .should()
          .dependOnClassesThat()
          .areAssignableTo(java.time.Clock.class);

  /** A program that names neither needs no JUnit, and carries no fault of the kit's. */
  @ArchTest
  static final ArchRule testKit_isNamed_byItsPackagesOnly =
      noClasses()
          .that()
          .resideOutsideOfPackages(TESTING, VIRTUAL)
          .should()
          .dependOnClassesThat()
          .resideInAnyPackage(TESTING, VIRTUAL, "org.junit..");

  /** The testbed is of use to programs with another test engine, and to none. */
  @ArchTest
  static final ArchRule junit_isNamed_byTheExtensionOnly =
      noClasses()
          .that()
          .doNotBelongToAnyOf(BatonExtension.class)
          .should()
          .dependOnClassesThat()
          .resideInAnyPackage("org.junit..");

  /** Without an executor of ours they use the common pool, and timers of the JDK's own. */
  @ArchTest
  static final ArchRule futures_runNothing_onThreadsOfTheJdk =
      noClasses()
          .should()
          .accessTargetWhere(
              describe("it runs on a thread of the JDK", ArchitectureTest::runsOnJdkThreads));

  @ArchTest
  static final ArchRule internals_areNever_partOfThePublicPackagesHierarchy =
      classes()
          .that()
          .resideInAPackage(PUBLIC)
          .should()
          .beAssignableTo(
              describe(
                  "types without internal parents",
                  type ->
                      type.getAllRawSuperclasses().stream().noneMatch(ArchitectureTest::isInternal)
                          && type.getAllRawInterfaces().stream()
                              .noneMatch(ArchitectureTest::isInternal)));

  /**
   * Prose guards nothing: what several threads may reach says how it is guarded, and is checked.
   */
  @ArchTest
  static void plainFields_areConfinedToAThread_orGuardedByALock(JavaClasses classes) {
    Set<String> unguarded = new TreeSet<>();
    for (JavaClass type : classes) {
      boolean isSafe =
          type.isRecord()
              || type.getPackageName().equals(PROTOCOL)
              || isForOneThread(type.getSimpleName())
              || isConfined(type);
      if (!isSafe) {
        type.getFields().stream()
            .filter(ArchitectureTest::isPlain)
            .forEach(field -> unguarded.add(field.getFullName()));
      }
    }
    assertThat(unguarded).isEmpty();
  }

  private static boolean isPlain(JavaField field) {
    Set<JavaModifier> modifiers = field.getModifiers();
    return !modifiers.contains(JavaModifier.STATIC)
        && !modifiers.contains(JavaModifier.FINAL)
        && !modifiers.contains(JavaModifier.VOLATILE)
        && !field.isAnnotatedWith(GuardedBy.class);
  }

  /** The javadoc of builders says so. */
  private static boolean isForOneThread(String type) {
    return type.equals("Builder") || type.equals("Draft");
  }

  private static boolean isConfined(JavaClass type) {
    return type.isAnnotatedWith(ConfinedTo.class)
        || type.getEnclosingClass().map(ArchitectureTest::isConfined).orElse(false);
  }

  private static boolean isInternal(JavaClass type) {
    return type.getPackageName().contains(".internal");
  }

  private static boolean isAboutThreads(JavaClass type) {
    if (type.isEquivalentTo(Executor.class) || type.isEquivalentTo(CompletableFuture.class)) {
      return false;
    }
    return type.isAssignableTo(Thread.class)
        || type.isAssignableTo(ThreadGroup.class)
        || type.isAssignableTo(ExecutorService.class)
        || type.isAssignableTo(java.util.concurrent.ThreadFactory.class)
        || type.isEquivalentTo(java.util.concurrent.Executors.class)
        || type.isAssignableTo(java.util.concurrent.locks.LockSupport.class)
        || type.isAssignableTo(java.util.Timer.class);
  }

  private static boolean readsAClock(JavaAccess<?> call) {
    AccessTarget target = call.getTarget();
    String owner = target.getOwner().getName();
    return switch (target.getName()) {
      case "nanoTime", "currentTimeMillis" -> owner.equals(System.class.getName());
      case "now" ->
          owner.startsWith(Instant.class.getPackageName()) || owner.startsWith("java.time.chrono");
      case "sleep" -> owner.startsWith("java.util.concurrent");
      default -> false;
    };
  }

  private static boolean runsOnJdkThreads(JavaAccess<?> call) {
    AccessTarget target = call.getTarget();
    if (!target.getOwner().isAssignableTo(CompletableFuture.class)
        && !target.getOwner().isAssignableTo(java.util.concurrent.CompletionStage.class)) {
      return target.getName().equals("parallelStream") || target.getName().equals("parallel");
    }
    boolean takesAnExecutor =
        target instanceof AccessTarget.CodeUnitAccessTarget method
            && method.getRawParameterTypes().stream()
                .anyMatch(type -> type.isEquivalentTo(Executor.class));
    return Set.of("orTimeout", "completeOnTimeout", "delayedExecutor").contains(target.getName())
        || (target.getName().endsWith("Async") && !takesAnExecutor);
  }

  private static Set<String> packages(JavaClasses classes) {
    return classes.stream()
        .map(JavaClass::getPackageName)
        .collect(Collectors.toCollection(TreeSet::new));
  }

  private static String simple(JavaClass type) {
    return topLevel(type).replace(PUBLIC + ".", "");
  }

  private static String topLevel(JavaClass type) {
    return type.getName().replaceFirst("\\$.*", "");
  }
}
