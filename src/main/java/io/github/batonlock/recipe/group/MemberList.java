package io.github.batonlock.recipe.group;

import java.io.ByteArrayInputStream;
import java.io.ByteArrayOutputStream;
import java.io.DataInputStream;
import java.io.DataOutputStream;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.util.ArrayList;
import java.util.List;
import java.util.NavigableMap;
import java.util.TreeMap;
import org.jspecify.annotations.Nullable;
import software.amazon.awssdk.core.SdkBytes;

/**
 * The members of a group, and the last members that failed; the data of the group's list item.
 * Immutable.
 *
 * <p>The encoding is one byte for the format, eight bytes for the number of changes, and then twice
 * a count and as many members. Each member is its id in Java's modified UTF-8 and its term in eight
 * bytes.
 */
final class MemberList {
  static final MemberList EMPTY = new MemberList(0, new TreeMap<>(), List.of());

  private static final int FORMAT = 1;

  /** The format, the number of changes, and two counts. */
  private static final int HEADER_BYTES = 1 + Long.BYTES + 2 * Integer.BYTES;

  private final long changes;
  private final NavigableMap<String, Member> byId;
  private final List<Member> failed;

  private MemberList(long changes, NavigableMap<String, Member> byId, List<Member> failed) {
    this.changes = changes;
    this.byId = byId;
    this.failed = failed;
  }

  /** Returns how often the list had been changed. */
  long changes() {
    return changes;
  }

  /** Returns all members, by id. */
  List<Member> members() {
    return List.copyOf(byId.values());
  }

  boolean contains(Member member) {
    return member.equals(byId.get(member.id()));
  }

  /** Returns the member with an id; null if there is none. */
  @Nullable Member find(String id) {
    return byId.get(id);
  }

  /** Returns the list with one more member, in place of an earlier one with the same id. */
  MemberList with(Member member) {
    Member earlier = find(member.id());
    return earlier != null && earlier.term() >= member.term() ? this : put(member, earlier);
  }

  /**
   * Returns the list with a member in place of another one with the same id, whatever their terms.
   * If the list has a third one by now, the terms decide.
   */
  MemberList with(Member member, Member insteadOf) {
    return insteadOf.equals(find(member.id())) ? put(member, insteadOf) : with(member);
  }

  private MemberList put(Member member, @Nullable Member earlier) {
    NavigableMap<String, Member> more = new TreeMap<>(byId);
    more.put(member.id(), member);
    return new MemberList(changes + 1, more, earlier == null ? failed : withFailure(earlier));
  }

  /** Returns the list without a member that leaves. */
  MemberList without(Member member) {
    if (!contains(member)) {
      return this;
    }
    NavigableMap<String, Member> fewer = new TreeMap<>(byId);
    fewer.remove(member.id());
    return new MemberList(changes + 1, fewer, failed);
  }

  /** Returns the list without a member that has failed. */
  MemberList withoutFailed(Member member) {
    return contains(member)
        ? new MemberList(changes + 1, without(member).byId, withFailure(member))
        : this;
  }

  private List<Member> withFailure(Member member) {
    List<Member> more = new ArrayList<>(failed);
    more.add(member);
    return List.copyOf(more);
  }

  /**
   * Returns the list with the last failures only. Observers use the failures to distinguish members
   * that failed from members that left.
   */
  MemberList withFailures(int most) {
    int forgotten = failed.size() - most;
    return forgotten <= 0
        ? this
        : new MemberList(changes, byId, List.copyOf(failed.subList(forgotten, failed.size())));
  }

  /** Returns the list without the first failures, as many as the limit on its length requires. */
  MemberList within(int bytes) {
    int excess = size() - bytes;
    int forgotten = 0;
    while (excess > 0 && forgotten < failed.size()) {
      excess -= size(failed.get(forgotten++));
    }
    return withFailures(failed.size() - forgotten);
  }

  /** Returns the length of {@link #encode}. */
  int size() {
    int members = byId.values().stream().mapToInt(MemberList::size).sum();
    return HEADER_BYTES + members + failed.stream().mapToInt(MemberList::size).sum();
  }

  /**
   * Returns the length of a member in Java's modified UTF-8: two bytes for the character zero, and
   * six for a character outside the first plane.
   */
  private static int size(Member member) {
    int bytes = 2 + Long.BYTES;
    for (int i = 0; i < member.id().length(); i++) {
      char c = member.id().charAt(i);
      bytes += c >= 1 && c < 0x80 ? 1 : c < 0x800 ? 2 : 3;
    }
    return bytes;
  }

  /**
   * Returns up to the given number of members, in the order of ids, from the first one behind a
   * place on; after the last id follows the first.
   */
  List<Member> behind(String place, int count) {
    List<Member> ring = new ArrayList<>(byId.tailMap(place, false).values());
    ring.addAll(byId.headMap(place, false).values());
    return List.copyOf(ring.subList(0, Math.min(count, ring.size())));
  }

  /** Returns what has changed since an earlier list. */
  GroupChange since(MemberList before) {
    List<Member> joined = new ArrayList<>();
    List<Member> left = new ArrayList<>();
    List<Member> lost = new ArrayList<>();
    for (Member member : byId.values()) {
      if (!before.contains(member)) {
        joined.add(member);
      }
    }
    for (Member member : before.byId.values()) {
      if (!contains(member)) {
        (failed.contains(member) ? lost : left).add(member);
      }
    }
    return new GroupChange(members(), joined, left, lost);
  }

  SdkBytes encode() {
    ByteArrayOutputStream bytes = new ByteArrayOutputStream();
    try (DataOutputStream out = new DataOutputStream(bytes)) {
      out.writeByte(FORMAT);
      out.writeLong(changes);
      write(out, byId.values());
      write(out, failed);
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
    return SdkBytes.fromByteArray(bytes.toByteArray());
  }

  private static void write(DataOutputStream out, Iterable<Member> members) throws IOException {
    List<Member> all = new ArrayList<>();
    members.forEach(all::add);
    out.writeInt(all.size());
    for (Member member : all) {
      out.writeUTF(member.id());
      out.writeLong(member.term());
    }
  }

  /**
   * Reads a list from its encoding.
   *
   * @throws IllegalArgumentException if the data is not an encoded list
   */
  static MemberList decode(SdkBytes data) {
    try (DataInputStream in = new DataInputStream(new ByteArrayInputStream(data.asByteArray()))) {
      int format = in.readUnsignedByte();
      if (format != FORMAT) {
        throw new IllegalArgumentException("format " + format + " instead of " + FORMAT);
      }
      long changes = in.readLong();
      NavigableMap<String, Member> byId = new TreeMap<>();
      for (Member member : read(in)) {
        byId.put(member.id(), member);
      }
      return new MemberList(changes, byId, read(in));
    } catch (IOException e) {
      throw new IllegalArgumentException("not a list of members: " + e, e);
    }
  }

  private static List<Member> read(DataInputStream in) throws IOException {
    int count = in.readInt();
    List<Member> members = new ArrayList<>();
    for (int i = 0; i < count; i++) {
      members.add(new Member(in.readUTF(), in.readLong()));
    }
    return members;
  }
}
