package io.github.batonlock.checks;

import static org.assertj.core.api.Assertions.assertThat;

import com.tngtech.archunit.core.domain.JavaClass;
import com.tngtech.archunit.core.domain.JavaClasses;
import com.tngtech.archunit.core.domain.JavaMember;
import com.tngtech.archunit.core.domain.JavaType;
import com.tngtech.archunit.core.importer.ImportOption;
import com.tngtech.archunit.junit.AnalyzeClasses;
import com.tngtech.archunit.junit.ArchTest;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeSet;
import java.util.stream.Collectors;
import java.util.stream.Stream;

/** A type that got a standard name is not called by its name of before in fields and methods. */
@AnalyzeClasses(
    packages = "io.github.batonlock",
    importOptions = ImportOption.DoNotIncludeTests.class)
class NamesTest {
  /** The names of before by the type's name now; each also stands for its plural. */
  private static final Map<String, List<String>> RETIRED =
      Map.ofEntries(
          Map.entry("AcquisitionTimer", List.of("waiting")),
          Map.entry("AdaptiveRateLimiter", List.of("pace")),
          Map.entry("BoundedCache", List.of("madeOnce")),
          Map.entry("CallContext", List.of("target")),
          Map.entry("CallbackDispatcher", List.of("notice")),
          Map.entry("ClockMonitor", List.of("clockWatch")),
          Map.entry("ClockReading", List.of("moment")),
          Map.entry("ClockSkewDetector", List.of("serverClock")),
          Map.entry("CompositeHold", List.of("heldTogether")),
          Map.entry("DaemonThreadFactory", List.of("daemon")),
          Map.entry("FailureDetector", List.of("sign", "lifeSign")),
          Map.entry("HandoverPreference", List.of("succession")),
          Map.entry("HeartbeatGapEstimator", List.of("pulse")),
          Map.entry("HeartbeatPredictor", List.of("rhythm")),
          Map.entry("HeartbeatScheduler", List.of("nextBeat")),
          Map.entry("HoldLimitMonitor", List.of("gate")),
          Map.entry("HoldVersions", List.of("tenure")),
          Map.entry("KeyObserver", List.of("watch", "watche")),
          Map.entry("KeyObservers", List.of("watch", "watche")),
          Map.entry("LateWriteReaper", List.of("straggler")),
          Map.entry("LeaseExpiryTimer", List.of("watch", "deadlineWatch")),
          Map.entry("LeaseRenewer", List.of("keeper", "leaseKeeper")),
          Map.entry("LeaseStatus", List.of("standing")),
          Map.entry("LockScan", List.of("listing")),
          Map.entry("MemberListUpdater", List.of("change", "listChange")),
          Map.entry("ObservedState", List.of("sighting", "sessionSighting")),
          Map.entry("PermitScanner", List.of("search")),
          Map.entry("PollSchedule", List.of("pace", "pollPace")),
          Map.entry("ReleaseRequester", List.of("petition")),
          Map.entry("RenewalOutcome", List.of("verdict")),
          Map.entry("RequestScheduler", List.of("turn")),
          Map.entry("SessionObserver", List.of("watch", "watche", "sessionWatch")),
          Map.entry("SessionObservers", List.of("watch", "watche", "sessionWatche")),
          Map.entry("SuccessorMonitor", List.of("ring")),
          Map.entry("TermNotifier", List.of("call")),
          Map.entry("UnsettledGrants", List.of("attempt")),
          Map.entry("VersionedMemberList", List.of("seenList")),
          Map.entry("WaitQueue", List.of("line")),
          Map.entry("WaitQueues", List.of("line")));

  @ArchTest
  static void members_ofARenamedType_haveNoRetiredName(JavaClasses classes) {
    Set<String> found = new TreeSet<>();
    classes.forEach(
        type -> {
          type.getFields().forEach(field -> check(field, field.getType(), found));
          type.getMethods().forEach(method -> check(method, method.getReturnType(), found));
        });
    assertThat(found).isEmpty();
  }

  /** A row whose type is gone checks nothing. */
  @ArchTest
  static void types_ofTheTable_exist(JavaClasses classes) {
    assertThat(classes.stream().map(JavaClass::getSimpleName).collect(Collectors.toSet()))
        .containsAll(RETIRED.keySet());
  }

  private static void check(JavaMember member, JavaType type, Set<String> found) {
    boolean isRetired =
        type.getAllInvolvedRawTypes().stream()
            .flatMap(raw -> RETIRED.getOrDefault(raw.getSimpleName(), List.of()).stream())
            .flatMap(name -> Stream.of(name, name + "s"))
            .anyMatch(member.getName()::equals);
    if (isRetired) {
      found.add(member.getFullName());
    }
  }
}
