package io.github.batonlock.simulation;

import io.github.batonlock.LockKey;
import io.github.batonlock.internal.protocol.SentBefore;
import io.github.batonlock.internal.store.LockWrite;
import java.util.ArrayList;
import java.util.Collection;
import java.util.Collections;
import java.util.Comparator;
import java.util.HashMap;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/**
 * All that the checkers may know: what the table did, and what users of the locks saw. Nothing in
 * it was asked of the library's insides.
 */
final class History {
  final List<Wait> waits = new ArrayList<>();
  final List<Wait> looks = new ArrayList<>();
  final List<UserCall> calls = new ArrayList<>();
  final List<ForeignClient.Belief> foreign = new ArrayList<>();
  final List<Node> nodes = new ArrayList<>();

  /** When the threads ended on which holds hang. */
  final Map<Thread, Reading> deaths = new HashMap<>();

  final List<Violation> violations = new ArrayList<>();

  private final List<Commit> allCommits = new ArrayList<>();
  private final Lists<LockKey, Commit> commitsByKey = new Lists<>();
  private final Lists<LockKey, Commit> othersByKey = new Lists<>();

  private final List<Hold> allHolds = new ArrayList<>();
  private final Lists<LockKey, Hold> holdsByKey = new Lists<>();
  private final Lists<LockKey, Hold> holdsBySession = new Lists<>();
  private final Lists<String, Hold> holdsByLineage = new Lists<>();

  private final Map<String, Send> sends = new LinkedHashMap<>();
  private final Lists<String, Send> heartbeatsByLineage = new Lists<>();
  private final Lists<LockKey, Send> heartbeatsByKey = new Lists<>();
  private final Map<String, Reading> renewed = new HashMap<>();
  private final Map<String, Answer> answers = new HashMap<>();

  /** Sessions that some granting write has named. */
  private final Set<LockKey> named = new HashSet<>();

  /** What opened each session. */
  private final Map<LockKey, Commit> sessions = new LinkedHashMap<>();

  /** All changes of rows, in the order of time. */
  final List<Commit> commits = Collections.unmodifiableList(allCommits);

  /** All holds, in the order of their beginning. */
  final List<Hold> holds = Collections.unmodifiableList(allHolds);

  /** A client sends a write. */
  Send sending(Node node, LockWrite write) {
    String version = version(write);
    Send send =
        new Send(
            node, write, node.reading(), write.isGrant() ? version : lineageOfCandidate(write));
    if (!version.isEmpty()) {
      sends.put(version, send);
    }
    if (write instanceof LockWrite.Heartbeat) {
      heartbeatsByLineage.add(send.lineage(), send);
      heartbeatsByKey.add(write.key(), send);
    }
    LockKey session = send.session();
    if (session != null) {
      named.add(session);
    }
    return send;
  }

  private static String version(LockWrite write) {
    LockWrite.Grant grant = write.grant();
    if (grant != null) {
      return grant.version();
    } else if (write instanceof LockWrite.Heartbeat heartbeat) {
      return heartbeat.version();
    } else if (write instanceof LockWrite.End end) {
      return end.version();
    }
    if (write instanceof LockWrite.KeepClosed close) {
      return close.version();
    }
    return write instanceof LockWrite.Release release ? release.version() : "";
  }

  /** What a write says of the time when its version was sent; null if nothing. */
  static @Nullable SentBefore statement(LockWrite write) {
    LockWrite.Grant grant = write.grant();
    if (grant != null) {
      return grant.session() == null ? grant.sentBefore() : null;
    } else if (write instanceof LockWrite.Heartbeat heartbeat) {
      return heartbeat.session() == null ? heartbeat.sentBefore() : null;
    }
    return write instanceof LockWrite.Mark mark ? mark.sentBefore() : null;
  }

  private String lineageOfCandidate(LockWrite write) {
    List<String> candidates = candidates(write);
    return candidates.isEmpty() ? "" : lineage(candidates.get(0));
  }

  /** The versions of the sender's own hold that a write accepts in the item; none for others. */
  static List<String> candidates(LockWrite write) {
    if (write instanceof LockWrite.Heartbeat heartbeat) {
      return heartbeat.candidates();
    } else if (write instanceof LockWrite.Release release) {
      return release.candidates();
    } else if (write instanceof LockWrite.KeepClosed close) {
      return close.candidates();
    } else if (write instanceof LockWrite.Handoff handoff) {
      return handoff.candidates();
    }
    return write instanceof LockWrite.Delete delete ? delete.candidates() : List.of();
  }

  /** The hold that a version belongs to: the version that granted it; empty for a foreign one. */
  String lineage(@Nullable String version) {
    Send send = version == null ? null : sends.get(version);
    return send == null ? "" : send.lineage();
  }

  /** All writes that carry a version. */
  Collection<Send> sends() {
    return sends.values();
  }

  /** The write that made a version; null for a foreign one. */
  @Nullable Send send(@Nullable String version) {
    return version == null ? null : sends.get(version);
  }

  /** The heartbeats that were sent for a hold, or for a session. */
  List<Send> heartbeatsOf(String lineage) {
    return heartbeatsByLineage.of(lineage);
  }

  /** The heartbeats that were sent to a row. */
  List<Send> heartbeatsTo(LockKey key) {
    return heartbeatsByKey.of(key);
  }

  /** The table changes a row. */
  void committed(Commit commit) {
    allCommits.add(commit);
    commitsByKey.add(commit.key(), commit);
    Send send = commit.send();
    if (send == null) {
      othersByKey.add(commit.key(), commit);
    }
    if (send != null && send.isRenewal()) {
      renewed.merge(send.lineage(), send.at(), History::later);
    }
    // Opened twice if its item was taken away before; what comes when locks name it is a ghost.
    if (send != null && send.write() instanceof LockWrite.Open && !named.contains(commit.key())) {
      sessions.put(commit.key(), commit);
    }
  }

  /** The latest renewal of a hold that its client has an answer to, and the one before. */
  private record Answer(long at, Reading latest, Reading before) {}

  /** A client has the answer that a write was applied. */
  void answered(Send send) {
    if (send.isRenewal()) {
      Answer last = answers.get(send.lineage());
      Reading before = last == null ? sends.get(send.lineage()).at() : last.latest();
      long now = send.node().reading().world();
      answers.put(send.lineage(), new Answer(now, later(before, send.at()), before));
    }
  }

  private static Reading later(Reading a, Reading b) {
    return a.world() >= b.world() ? a : b;
  }

  /** The changes of one row. */
  List<Commit> commitsOf(LockKey key) {
    return commitsByKey.of(key);
  }

  /** The changes of two rows, in the order of time. */
  List<Commit> commitsOf(LockKey one, LockKey other) {
    List<Commit> both = new ArrayList<>(commitsOf(one));
    both.addAll(commitsOf(other));
    both.sort(Comparator.comparingInt(Commit::number));
    return both;
  }

  /** The changes of one row that no client of ours made. */
  List<Commit> commitsByOthers(LockKey key) {
    return othersByKey.of(key);
  }

  /** The rows that there are or were. */
  Set<LockKey> keys() {
    return commitsByKey.keys();
  }

  /** What stands in a row now. */
  Row row(LockKey key) {
    List<Commit> changes = commitsOf(key);
    return changes.isEmpty() ? Row.NONE : changes.get(changes.size() - 1).after();
  }

  /** What stood in a row at some time. */
  Row rowAt(LockKey key, long at) {
    Commit last = lastChange(key, at);
    return last == null ? Row.NONE : last.after();
  }

  /** The last change of a row until some time, that moment included; null if there was none. */
  @Nullable Commit lastChange(LockKey key, long at) {
    List<Commit> changes = commitsOf(key);
    int low = 0;
    int high = changes.size();
    while (low < high) {
      int middle = (low + high) >>> 1;
      if (changes.get(middle).at() <= at) {
        low = middle + 1;
      } else {
        high = middle;
      }
    }
    return low == 0 ? null : changes.get(low - 1);
  }

  /** A user was given a lock. */
  void began(Hold hold) {
    allHolds.add(hold);
    holdsByKey.add(hold.key, hold);
    holdsByLineage.add(hold.lineage, hold);
    if (hold.session != null) {
      holdsBySession.add(hold.session, hold);
    }
  }

  /** The holds of one lock, in the order of their beginning. */
  List<Hold> holdsOf(LockKey key) {
    return holdsByKey.of(key);
  }

  /** The holds that one session keeps or kept. */
  List<Hold> holdsOfSession(LockKey session) {
    return holdsBySession.of(session);
  }

  /** The holds that users were given for one granting write: one, or none. */
  List<Hold> holdsGivenFor(String lineage) {
    return holdsByLineage.of(lineage);
  }

  /** The latest send among a hold's renewals that the table has applied. */
  Reading renewedAt(Hold hold) {
    return renewed.getOrDefault(leaseOf(hold), hold.grantedAt);
  }

  /** What renewals of a hold's lease belong to: the hold itself, or the session that keeps it. */
  String leaseOf(Hold hold) {
    Commit opened = hold.session == null ? null : opened(hold.session);
    return hold.session == null ? hold.lineage : opened == null ? "" : opened.after().version();
  }

  /** The write that opened a session; null if none was applied. */
  @Nullable Commit opened(LockKey session) {
    return sessions.get(session);
  }

  /** All sessions that were ever opened. */
  Collection<LockKey> sessions() {
    return sessions.keySet();
  }

  /**
   * The latest send among a hold's renewals whose answer its client has had for a moment: one that
   * has come in at this very instant it need not have looked at.
   */
  Reading answeredAt(Hold hold) {
    Answer answer = answers.get(leaseOf(hold));
    if (answer == null) {
      Send grant = sends.get(leaseOf(hold));
      return grant == null ? hold.grantedAt : grant.at();
    }
    return answer.at() == hold.node.reading().world() ? answer.before() : answer.latest();
  }

  boolean isNamedByItem(Hold hold) {
    return names(hold.key, hold.lineage)
        && (hold.session == null || names(hold.session, leaseOf(hold)));
  }

  private boolean names(LockKey key, String lineage) {
    Row row = row(key);
    return row.isHeld() && lineage(row.version()).equals(lineage);
  }

  /** Something that no checker has to work out. */
  void violated(String checker, long at, String what) {
    violations.add(new Violation(checker, at, what));
  }
}
