package io.github.batonlock.recipe.election;

import java.io.ByteArrayInputStream;
import java.io.ByteArrayOutputStream;
import java.io.DataInputStream;
import java.io.DataOutputStream;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.util.Optional;
import org.jspecify.annotations.Nullable;
import software.amazon.awssdk.core.SdkBytes;

/**
 * A leader's record in the lock's data: the leader, its term and rank, and the candidate that it
 * hands over to.
 *
 * @param term the term for which the record was written; a record with the term of another holder
 *     is not this leader's
 * @param candidateId the leader
 * @param rank the leader's rank
 * @param heir the candidate that is to lead next; null for any candidate
 * @param payload the leader's own bytes
 */
record LeaderRecord(
    long term, String candidateId, int rank, @Nullable String heir, SdkBytes payload) {
  /** The bytes "Bel", and the number of this format. */
  private static final int MAGIC = 0x42656c01;

  SdkBytes encoded() {
    ByteArrayOutputStream bytes = new ByteArrayOutputStream();
    try (DataOutputStream out = new DataOutputStream(bytes)) {
      out.writeInt(MAGIC);
      out.writeLong(term);
      out.writeUTF(candidateId);
      out.writeInt(rank);
      out.writeBoolean(heir != null);
      if (heir != null) {
        out.writeUTF(heir);
      }
      out.write(payload.asByteArrayUnsafe());
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
    return SdkBytes.fromByteArrayUnsafe(bytes.toByteArray());
  }

  /** Reads a record; empty for data that no election wrote. */
  static Optional<LeaderRecord> parse(Optional<SdkBytes> data) {
    if (data.isEmpty()) {
      return Optional.empty();
    }
    try (DataInputStream in =
        new DataInputStream(new ByteArrayInputStream(data.get().asByteArrayUnsafe()))) {
      if (in.readInt() != MAGIC) {
        return Optional.empty();
      }
      long term = in.readLong();
      String candidateId = in.readUTF();
      int rank = in.readInt();
      String heir = in.readBoolean() ? in.readUTF() : null;
      SdkBytes payload = SdkBytes.fromByteArrayUnsafe(in.readAllBytes());
      return Optional.of(new LeaderRecord(term, candidateId, rank, heir, payload));
    } catch (IOException e) {
      return Optional.empty();
    }
  }
}
