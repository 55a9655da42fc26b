package io.github.batonlock.recipe;

import io.github.batonlock.LockKey;
import io.github.batonlock.MalformedLockItemException;
import java.io.ByteArrayInputStream;
import java.io.ByteArrayOutputStream;
import java.io.DataInputStream;
import java.io.DataOutputStream;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.time.Instant;
import software.amazon.awssdk.core.SdkBytes;

/** The record of a run that is done, as the data of the run's lock. */
final class RunRecord {
  /** The bytes "Run", and the number of this format. */
  private static final int MAGIC = 0x52756e01;

  /** The format's limit is 65,535 bytes, and a character takes up to three. */
  private static final int NAME_LENGTH = 21_845;

  private RunRecord() {}

  static SdkBytes encode(RunOnce.Done done) {
    ByteArrayOutputStream bytes = new ByteArrayOutputStream();
    try (DataOutputStream out = new DataOutputStream(bytes)) {
      out.writeInt(MAGIC);
      out.writeUTF(done.run());
      out.writeLong(done.at().toEpochMilli());
      out.writeUTF(shortened(done.by()));
      out.writeLong(done.fencingToken());
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
    return SdkBytes.fromByteArrayUnsafe(bytes.toByteArray());
  }

  /** The part of an owner name that the format has room for. */
  private static String shortened(String name) {
    return name.length() <= NAME_LENGTH ? name : name.substring(0, NAME_LENGTH);
  }

  /**
   * Reads the record of a run. Bytes after the record are reserved, and skipped.
   *
   * @throws MalformedLockItemException if the data are not the record of this run
   */
  static RunOnce.Done parse(LockKey key, String run, SdkBytes data) {
    RunOnce.Done done;
    try (DataInputStream in =
        new DataInputStream(new ByteArrayInputStream(data.asByteArrayUnsafe()))) {
      if (in.readInt() != MAGIC) {
        throw malformed(key, "is not the record of a run");
      }
      String name = in.readUTF();
      Instant at = Instant.ofEpochMilli(in.readLong());
      done = new RunOnce.Done(name, at, in.readUTF(), in.readLong());
    } catch (IOException e) {
      throw malformed(key, "is not the record of a run");
    }
    if (!done.run().equals(run)) {
      // The job "a" with the run "b/c" has the key of the job "a/b" with the run "c".
      throw malformed(key, "is the record of another run, '" + done.run() + "'");
    }
    return done;
  }

  private static MalformedLockItemException malformed(LockKey key, String problem) {
    return new MalformedLockItemException(key, "data", problem);
  }
}
