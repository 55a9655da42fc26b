package io.github.batonlock.simulation;

public class SimMain {
  public static void main(String[] a) {
    long from = Long.parseLong(a[0]), n = Long.parseLong(a[1]);
    if (n == 1) {
      var o = Simulation.trace(from, a.length > 2 ? Integer.parseInt(a[2]) : 100000);
      o.trace().forEach(System.out::println);
      System.out.println(o.scenario());
      o.violations().forEach(System.out::println);
      return;
    }
    long t = System.nanoTime();
    Tally tally = new Tally(new java.util.TreeMap<>());
    java.util.Map<String, Integer> by = new java.util.TreeMap<>();
    int bad = 0;
    for (long s = from; s < from + n; s++) {
      var o = Simulation.run(s);
      tally.add(o.tally());
      if (!o.violations().isEmpty()) {
        bad++;
        var v = o.violations().get(0);
        int c = by.merge(v.checker(), 1, Integer::sum);
        if (c <= 3) System.out.println(s + " " + v);
      }
    }
    System.out.println(
        bad
            + " bad of "
            + n
            + " in "
            + (System.nanoTime() - t) / 1e9
            + " s: "
            + n / ((System.nanoTime() - t) / 1e9)
            + "/s "
            + by);
    System.out.println(tally);
    System.exit(0);
  }
}
