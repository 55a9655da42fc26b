package io.github.batonlock.cli.serve;

import com.fasterxml.jackson.core.JsonFactory;
import com.fasterxml.jackson.core.JsonGenerator;
import io.github.batonlock.LockKey;
import io.github.batonlock.internal.operator.FreezeNote;
import io.github.batonlock.internal.operator.LockRow;
import io.github.batonlock.internal.operator.OperatorTable.Traffic;
import io.github.batonlock.internal.operator.Texts;
import java.io.IOException;
import java.io.StringWriter;
import java.io.UncheckedIOException;
import java.util.List;
import java.util.Locale;
import java.util.OptionalLong;

/**
 * Pictures as the page's code reads them: one line of JSON. Times are ages in milliseconds, so that
 * the clocks of this machine and of the browser need not agree; tokens are texts, since a browser's
 * numbers are too short for them.
 *
 * @param table the name of the table
 * @param mayBreak whether the page may break locks
 * @param lookMillis from one read of a lock on a screen to the next
 */
record PageJson(String table, boolean mayBreak, long lookMillis) {
  private static final JsonFactory FACTORY = new JsonFactory();

  /** The message with a picture. */
  String of(LockBoard.Picture picture) {
    StringWriter text = new StringWriter();
    try (JsonGenerator to = FACTORY.createGenerator(text)) {
      to.writeStartObject();
      to.writeStringField("table", table);
      to.writeBooleanField("mayBreak", mayBreak);
      to.writeNumberField("lookMillis", lookMillis);
      to.writeNumberField("page", picture.view().page());
      to.writeNumberField("pages", picture.pages());
      to.writeNumberField("pageSize", PageBounds.LOCKS_ON_A_PAGE);
      to.writeNumberField("matches", picture.matches());
      to.writeBooleanField("isCut", picture.isCut());
      counts(to, picture);
      to.writeArrayFieldStart("locks");
      for (SeenLock lock : picture.rows()) {
        lock(to, lock, picture.now());
      }
      to.writeEndArray();
      SeenLock open = picture.open();
      if (open != null) {
        to.writeFieldName("open");
        lock(to, open, picture.now());
      }
      events(to, "ofOpen", picture.ofOpen(), picture.now());
      events(to, "events", picture.events(), picture.now());
      state(to, picture);
      to.writeEndObject();
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
    return text.toString();
  }

  /** An object with one text. */
  static String message(String name, String text) {
    StringWriter object = new StringWriter();
    try (JsonGenerator to = FACTORY.createGenerator(object)) {
      to.writeStartObject();
      to.writeStringField(name, text);
      to.writeEndObject();
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
    return object.toString();
  }

  private static void counts(JsonGenerator to, LockBoard.Picture picture) throws IOException {
    to.writeObjectFieldStart("counts");
    for (View.Group group : View.Group.values()) {
      to.writeNumberField(group.code(), picture.counts().getOrDefault(group, 0));
    }
    to.writeEndObject();
  }

  private static void state(JsonGenerator to, LockBoard.Picture picture) throws IOException {
    LockBoard.Problem problem = picture.problem();
    if (problem != null) {
      to.writeObjectFieldStart("problem");
      to.writeStringField("text", Texts.printable(problem.text()));
      to.writeNumberField("age", picture.now() - problem.since());
      to.writeEndObject();
    }
    Long scannedAt = picture.scannedAt();
    if (scannedAt != null) {
      to.writeNumberField("scanAge", picture.now() - scannedAt);
    }
    Traffic traffic = picture.lastMinute();
    to.writeObjectFieldStart("lastMinute");
    to.writeNumberField("pages", traffic.pages());
    to.writeNumberField("reads", traffic.reads() + traffic.consistentReads());
    to.writeEndObject();
  }

  private static void key(JsonGenerator to, LockKey key) throws IOException {
    to.writeStringField("key", key.partitionKey());
    if (key.sortKey().isPresent()) {
      to.writeStringField("sortKey", key.sortKey().get());
    }
    to.writeStringField("label", key.toString());
  }

  private static void lock(JsonGenerator to, SeenLock lock, long now) throws IOException {
    LockRow row = lock.row();
    to.writeStartObject();
    key(to, row.key());
    to.writeStringField("life", lock.life().code());
    to.writeStringField("holder", Texts.printable(lock.holder()));
    to.writeStringField("lastHolder", row.note().isPresent() ? "" : Texts.printable(row.owner()));
    token(to, row.token());
    to.writeStringField("version", row.version());
    to.writeNumberField("lease", row.lease().isPresent() ? row.lease().get().toMillis() : 0);
    to.writeNumberField("heldFor", now - lock.heldSince());
    to.writeBooleanField("isBeginSeen", lock.isBeginSeen());
    to.writeNumberField("silent", now - lock.signs().since());
    if (row.age().isPresent()) {
      to.writeNumberField("age", row.age().get().toMillis() + now - lock.seenAt());
    }
    to.writeNumberField("seen", now - lock.seenAt());
    if (row.rest().isPresent()) {
      to.writeNumberField("rest", row.rest().get().toMillis() - (now - lock.seenAt()));
    }
    to.writeStringField("session", row.session().map(LockKey::toString).orElse(""));
    to.writeStringField("frozenBy", row.note().map(FreezeNote::operator).orElse(""));
    to.writeStringField("reason", row.note().map(FreezeNote::reason).orElse(""));
    to.writeStringField("problem", row.problem().orElse(""));
    asked(to, lock, now);
    spans(to, lock, now);
    to.writeEndObject();
  }

  private static void token(JsonGenerator to, OptionalLong token) throws IOException {
    to.writeStringField("token", token.isPresent() ? Long.toString(token.getAsLong()) : "");
  }

  private static void asked(JsonGenerator to, SeenLock lock, long now) throws IOException {
    to.writeArrayFieldStart("asked");
    for (LockRow.Asker asker : lock.row().asked()) {
      to.writeStartObject();
      to.writeStringField("name", Texts.printable(asker.name()));
      to.writeStringField("reason", Texts.printable(asker.reason()));
      to.writeBooleanField("waits", asker.waits());
      if (asker.age().isPresent()) {
        to.writeNumberField("age", asker.age().get().toMillis() + now - lock.seenAt());
      }
      to.writeEndObject();
    }
    to.writeEndArray();
  }

  private static void spans(JsonGenerator to, SeenLock lock, long now) throws IOException {
    to.writeArrayFieldStart("spans");
    for (SeenLock.Span span : lock.past()) {
      span(to, span, now);
    }
    span(
        to,
        new SeenLock.Span(lock.life(), lock.holder(), lock.row().token(), lock.since(), now),
        now);
    to.writeEndArray();
  }

  private static void span(JsonGenerator to, SeenLock.Span span, long now) throws IOException {
    to.writeStartObject();
    to.writeStringField("life", span.life().code());
    to.writeStringField("holder", Texts.printable(span.holder()));
    token(to, span.token());
    to.writeNumberField("from", now - span.start());
    to.writeNumberField("to", now - span.end());
    to.writeEndObject();
  }

  private static void events(JsonGenerator to, String name, List<BoardEvent> events, long now)
      throws IOException {
    to.writeArrayFieldStart(name);
    for (BoardEvent event : events) {
      to.writeStartObject();
      to.writeNumberField("age", now - event.at());
      key(to, event.key());
      to.writeStringField("tone", event.tone().name().toLowerCase(Locale.ROOT));
      to.writeStringField("text", event.text());
      to.writeEndObject();
    }
    to.writeEndArray();
  }
}
