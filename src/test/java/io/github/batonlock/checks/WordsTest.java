package io.github.batonlock.checks;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/** What is written for readers has words of the glossary (docs/architecture.md) for subjects. */
class WordsTest {
  /** Stand for a process, a client or a caller, which have names. */
  private static final Pattern RETIRED_WORDS =
      Pattern.compile(
          "\\b(?:whoever|somebody|someone|anybody|nobody|everybody|he|his|him|for ever)\\b"
              + "|\\bso many\\b",
          Pattern.CASE_INSENSITIVE);

  /** Names of classes, before a standard term took their place. */
  private static final List<String> RETIRED_NAMES =
      List.of(
          ("Blocking ClockWatch Daemons DeadlineWatch Ending Failures Gates GrantAttempts "
                  + "GuardedWork HeldTogether HoldGrant HoldTimes JointAcquisition KeyWatch "
                  + "LeaseKeeper LifeSigns Line Lines ListChanges Listing LockInfos Look "
                  + "MadeOnce Moment NextBeat Notices Pace PermitSearch Petition PollPace Pulse "
                  + "QueueEntry RecentlyUsed RequestThreads RequestTimes Requests Rhythm Ring "
                  + "SeenList Serial ServerClock SessionUse SessionWatch SessionWatches "
                  + "Sighting Standing Stragglers Succession TakeoverRule Target Tenure "
                  + "TermCalls Turns Verdict Waiting Wanted Watches WorkThread")
              .split(" "));

  private static final Pattern COMMENT = Pattern.compile("/\\*.*?\\*/|//[^\\n]*", Pattern.DOTALL);

  static List<Path> pages() {
    List<Path> pages = new ArrayList<>(List.of(Path.of("README.md"), Path.of("CHANGELOG.md")));
    pages.addAll(Sources.files(Path.of("docs"), ".md"));
    pages.add(Path.of("samples/README.md"));
    pages.addAll(List.of(Path.of("CONTRIBUTING.md"), Path.of("SECURITY.md")));
    return pages;
  }

  @ParameterizedTest
  @MethodSource("pages")
  void page_hasNo_retiredWord(Path page) {
    assertThat(found(RETIRED_WORDS, Sources.read(page))).isEmpty();
  }

  @Test
  void comments_ofTheLibrary_haveNoRetiredWord() {
    List<String> all = new ArrayList<>();
    for (Path file : Sources.files(Sources.MAIN, ".java")) {
      Matcher comments = COMMENT.matcher(Sources.read(file));
      while (comments.find()) {
        found(RETIRED_WORDS, comments.group()).forEach(word -> all.add(file + ": " + word));
      }
    }
    assertThat(all).isEmpty();
  }

  @Test
  void names_thatAreRetired_nameNoClass() {
    assertThat(Sources.files(Sources.MAIN, ".java"))
        .extracting(file -> file.getFileName().toString().replace(".java", ""))
        .doesNotContainAnyElementsOf(RETIRED_NAMES);
  }

  /** Every class that the glossary names is there. */
  @Test
  void glossary_namesClasses_thatExist() {
    String page = Sources.read(Path.of("docs/architecture.md"));
    String glossary = page.substring(page.indexOf("## Glossary"));
    Matcher places = Pattern.compile("`internal/(\\w+)/(\\w+)").matcher(glossary);
    List<Path> missing = new ArrayList<>();
    int number = 0;
    while (places.find()) {
      Path file =
          Sources.MAIN
              .resolve("io/github/batonlock/internal")
              .resolve(places.group(1))
              .resolve(places.group(2) + ".java");
      number++;
      if (!Files.exists(file)) {
        missing.add(file);
      }
    }
    assertThat(missing).isEmpty();
    assertThat(number).isGreaterThan(15);
  }

  private static List<String> found(Pattern pattern, String text) {
    return pattern
        .matcher(text)
        .results()
        .map(hit -> hit.group() + " in: " + lineAt(text, hit.start()))
        .toList();
  }

  private static String lineAt(String text, int at) {
    int begin = text.lastIndexOf('\n', at) + 1;
    int end = text.indexOf('\n', at);
    return text.substring(begin, end < 0 ? text.length() : end).strip();
  }
}
