package io.github.batonlock.cli.serve;

import io.github.batonlock.internal.operator.LockRow;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.OptionalLong;

/**
 * A lock as the page has seen it since its start. Immutable. All times are milliseconds of one
 * clock that never steps; a change counts from the look that showed it.
 *
 * @param row the last look
 * @param life what it means together with the looks before
 * @param seenAt the time of the last look
 * @param heldSince since when the present holder is seen
 * @param isBeginSeen whether an earlier look showed the lock without this holder; otherwise the
 *     holder has had the lock for longer
 * @param signs the signs of the holder's life
 * @param since since when the lock is as it is: life and holder
 * @param past what it was before, oldest first
 */
record SeenLock(
    LockRow row,
    Life life,
    long seenAt,
    long heldSince,
    boolean isBeginSeen,
    Signs signs,
    long since,
    List<Span> past) {
  /** For how long an answer may show a state that another answer has shown to be over. */
  private static final long STALE_MILLIS = 10_000;

  /**
   * The versions of a holder.
   *
   * @param version the version that stands
   * @param before the version that stood before; empty if none was seen
   * @param since since when it stands
   * @param areSeen whether the holder has changed it before the page's eyes
   */
  record Signs(String version, String before, long since, boolean areSeen) {
    private Signs next(LockRow row, boolean isNewHolder, long now) {
      String shown = row.lifeVersion();
      if (shown.equals(version)) {
        return this;
      }
      return new Signs(shown, isNewHolder ? "" : version, now, true);
    }
  }

  /**
   * A part of a time line.
   *
   * @param life what the lock was
   * @param holder the holder; empty without one
   * @param token its fencing token
   * @param start the time of the look that showed it first
   * @param end the time of the look that showed something else
   */
  record Span(Life life, String holder, OptionalLong token, long start, long end) {}

  /** The first look at a lock. */
  static SeenLock first(LockRow row, long now) {
    Signs signs = new Signs(row.lifeVersion(), "", now, false);
    return new SeenLock(row, lifeOf(row, signs, now), now, now, false, signs, now, List.of());
  }

  /**
   * One more look.
   *
   * @param answer the row; if it is out of date, the last row counts
   * @param now the time before it was asked for
   * @return what is known now
   */
  SeenLock next(LockRow answer, long now) {
    LockRow shown = isStale(answer, now) ? row : answer;
    boolean isSameHolder = isSameHolder(shown);
    Signs nextSigns = signs.next(shown, !isSameHolder, now);
    Life nextLife = lifeOf(shown, nextSigns, now);
    boolean isSame = isSameHolder && (nextLife == life || (isFine(nextLife) && isFine(life)));
    return new SeenLock(
        shown,
        nextLife,
        now,
        isSameHolder ? heldSince : now,
        !isSameHolder || isBeginSeen,
        nextSigns,
        isSame ? since : now,
        isSame ? past : withPast(now));
  }

  private static boolean isFine(Life life) {
    return life == Life.HELD || life == Life.ALIVE;
  }

  /** Whether this look would show that the holder died. */
  boolean wouldDie(LockRow shown, long now) {
    return life != Life.DEAD && next(shown, now).life() == Life.DEAD;
  }

  private boolean isStale(LockRow shown, long now) {
    if (now - signs.since() > STALE_MILLIS) {
      return false;
    }
    boolean isOlderToken =
        shown.token().isPresent()
            && row.token().isPresent()
            && shown.token().getAsLong() < row.token().getAsLong();
    return isOlderToken
        || (!signs.before().isEmpty() && signs.before().equals(shown.lifeVersion()));
  }

  /** Whether a row shows the holder, or the absence of one, that the last look showed. */
  private boolean isSameHolder(LockRow shown) {
    return Life.of(shown.state()).isHeld() == life.isHeld()
        && shown.owner().equals(row.owner())
        && shown.token().equals(row.token());
  }

  private static Life lifeOf(LockRow row, Signs signs, long now) {
    Life life = Life.of(row.state());
    if (life != Life.HELD) {
      return life;
    }
    Duration silent = Duration.ofMillis(now - signs.since());
    if (silent.compareTo(row.lifeLease()) >= 0) {
      return Life.DEAD;
    } else if (silent.multipliedBy(2).compareTo(row.lifeLease()) >= 0) {
      return Life.SUSPECT;
    }
    return signs.areSeen() ? Life.ALIVE : Life.HELD;
  }

  private List<Span> withPast(long now) {
    int left = Math.min(past.size(), PageBounds.SPANS - 1);
    List<Span> spans = new ArrayList<>(past.subList(past.size() - left, past.size()));
    spans.add(new Span(life, holder(), row.token(), since, now));
    return List.copyOf(spans);
  }

  /** The holder that the item names; empty without one. */
  String holder() {
    return life.isHeld() ? row.owner() : "";
  }

  /** For how long the first of the clients that ask has asked; negative if none does. */
  long longestAsked() {
    return row.asked().stream()
        .mapToLong(asker -> asker.age().orElse(Duration.ZERO).toMillis())
        .max()
        .orElse(-1);
  }
}
