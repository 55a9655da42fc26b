package io.github.batonlock.cli.serve;

import io.github.batonlock.LockKey;
import io.github.batonlock.internal.operator.FreezeNote;
import io.github.batonlock.internal.operator.LockRow;
import io.github.batonlock.internal.operator.Texts;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * Something that happened to a lock, as two looks after each other show it.
 *
 * @param at the time of the second look, in milliseconds of the page's clock
 * @param key the lock
 * @param tone how the page shows it
 * @param text one sentence without the key
 */
record BoardEvent(long at, LockKey key, Tone tone, String text) {

  /** How much an event matters. */
  enum Tone {
    GOOD,
    NEUTRAL,
    WARNING,
    BAD
  }

  /**
   * The events between two looks.
   *
   * @param before the first look; null for a lock that was not there
   * @param after the second one
   */
  static List<BoardEvent> between(@Nullable SeenLock before, SeenLock after) {
    List<BoardEvent> events = new ArrayList<>();
    Changes changes = new Changes(before, after, events);
    changes.ofTheState();
    changes.ofTheRequests();
    return events;
  }

  /** The changes of one lock. */
  private record Changes(@Nullable SeenLock before, SeenLock after, List<BoardEvent> to) {
    private void add(Tone tone, String text) {
      to.add(new BoardEvent(after.seenAt(), after.row().key(), tone, text));
    }

    private void ofTheState() {
      SeenLock old = before;
      if (after.life().isHeld()) {
        ofAHeldLock();
      } else if (old == null || old.life() != after.life()) {
        ofALockWithoutHolder(old);
      }
    }

    private void ofAHeldLock() {
      String holder = name(after.holder());
      SeenLock old = before;
      if (old == null || !old.life().isHeld()) {
        add(Tone.NEUTRAL, "acquired by " + holder);
      } else if (after.heldSince() != old.heldSince()) {
        boolean wasSilent = old.life() == Life.DEAD || old.life() == Life.SUSPECT;
        add(
            wasSilent ? Tone.WARNING : Tone.NEUTRAL,
            (wasSilent ? "taken over by " + holder + " from silent " : holder + " followed ")
                + name(old.holder()));
      }
      Life was = old == null ? Life.ALIVE : old.life();
      if (after.life() == was) {
        return;
      } else if (after.life() == Life.DEAD) {
        add(Tone.BAD, holder + " is dead: silent for its lease");
      } else if (after.life() == Life.SUSPECT) {
        add(Tone.WARNING, holder + " is suspect: silent for half of its lease");
      } else if (old != null
          && after.heldSince() == old.heldSince()
          && (was == Life.SUSPECT || was == Life.DEAD)) {
        add(Tone.GOOD, holder + " shows life again");
      }
    }

    private void ofALockWithoutHolder(@Nullable SeenLock old) {
      switch (after.life()) {
        case FREE -> {
          if (old != null && old.life().isHeld()) {
            add(Tone.NEUTRAL, "released by " + name(old.holder()));
          } else if (old != null && old.life() == Life.FROZEN) {
            add(Tone.NEUTRAL, "thawed");
          } else if (old != null) {
            add(Tone.NEUTRAL, "free");
          }
        }
        case CLOSED ->
            add(Tone.NEUTRAL, "released by " + name(after.row().owner()) + ", closed for a while");
        case FROZEN -> add(Tone.WARNING, "frozen" + after.row().note().map(this::by).orElse(""));
        case NOT_A_LOCK -> add(Tone.BAD, "is no lock: " + after.row().problem().orElse(""));
        default -> {
          if (old != null) {
            add(Tone.WARNING, "the item was deleted");
          }
        }
      }
    }

    private String by(FreezeNote note) {
      return " by " + name(note.operator()) + ": " + note.reason();
    }

    private void ofTheRequests() {
      SeenLock old = before;
      for (LockRow.Asker asker : after.row().asked()) {
        boolean isNew =
            old == null
                || old.row().asked().stream().noneMatch(other -> other.name().equals(asker.name()));
        if (isNew) {
          add(
              Tone.NEUTRAL,
              name(asker.name())
                  + " asks "
                  + name(after.holder())
                  + " to finish: "
                  + Texts.printable(asker.reason()));
        }
      }
    }

    private static String name(String owner) {
      return Texts.printable(owner);
    }
  }
}
