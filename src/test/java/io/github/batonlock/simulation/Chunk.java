package io.github.batonlock.simulation;

/**
 * Some schedules of a campaign that one worker runs without asking for more.
 *
 * @param kind of their stories
 * @param first the seed of the first
 * @param schedules how many, one seed after another
 */
record Chunk(Story.Kind kind, long first, int schedules) {
  String line() {
    return kind + "\t" + first + "\t" + schedules;
  }

  static Chunk of(String line) {
    String[] parts = line.split("\t", -1);
    return new Chunk(
        Story.Kind.valueOf(parts[0]), Long.parseLong(parts[1]), Integer.parseInt(parts[2]));
  }
}
