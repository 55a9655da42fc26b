package io.github.batonlock.samples.benchmark.report;

import java.util.ArrayList;
import java.util.List;
import java.util.Locale;

/** A plot of horizontal bars, as SVG with a background of its own. */
public final class Bars {
  private static final int WIDTH = 760;
  private static final int LEFT = 300;
  private static final int BAR_AREA = 350;
  private static final int TOP = 56;
  private static final int STEP = 28;
  private static final int BAR_HEIGHT = 18;
  private static final String BATON_COLOR = "#2f6fb2";
  private static final String OTHER_COLOR = "#9aa5b1";

  private record Bar(String label, double value, String shown, boolean isBaton) {}

  private final String name;
  private final String title;
  private final boolean logarithmic;
  private final List<Bar> bars = new ArrayList<>();

  private Bars(String name, String title, boolean logarithmic) {
    this.name = name;
    this.title = title;
    this.logarithmic = logarithmic;
  }

  /** A plot whose bars are as long as their values. */
  public static Bars linear(String name, String title) {
    return new Bars(name, title, false);
  }

  /** A plot in which each digit of a value is as long as the next. */
  public static Bars logarithmic(String name, String title) {
    return new Bars(name, title + " (logarithmic scale)", true);
  }

  /** Adds a bar; those of Baton stand out. */
  public Bars bar(String label, double value, String shown) {
    bars.add(new Bar(label, value, shown, label.startsWith("Baton")));
    return this;
  }

  /** The file's name without its ending. */
  public String name() {
    return name;
  }

  /** What the plot shows. */
  public String title() {
    return title;
  }

  /** As SVG. */
  public String toSvg() {
    int height = TOP + bars.size() * STEP + 12;
    StringBuilder svg = new StringBuilder();
    svg.append(
        """
        <svg xmlns="http://www.w3.org/2000/svg" width="%d" height="%d" viewBox="0 0 %d %d" \
        font-family="sans-serif" font-size="13" fill="#1f2933">
        <rect width="%d" height="%d" rx="6" fill="#f7f9fb"/>
        <text x="16" y="30" font-size="15" font-weight="bold">%s</text>
        """
            .formatted(WIDTH, height, WIDTH, height, WIDTH, height, escaped(title)));
    double largest = bars.stream().mapToDouble(bar -> length(bar.value)).max().orElse(1);
    int y = TOP;
    for (Bar bar : bars) {
      double width = largest == 0 ? 0 : BAR_AREA * length(bar.value) / largest;
      svg.append(draw(bar, Math.max(1, width), y));
      y += STEP;
    }
    return svg.append("</svg>\n").toString();
  }

  private double length(double value) {
    return logarithmic ? Math.log10(1 + Math.max(0, value)) : Math.max(0, value);
  }

  private static String draw(Bar bar, double width, int y) {
    int baseline = y + BAR_HEIGHT - 4;
    return String.format(
        Locale.ROOT,
        """
        <text x="%d" y="%d" text-anchor="end">%s</text>
        <rect x="%d" y="%d" width="%.1f" height="%d" fill="%s"/>
        <text x="%.1f" y="%d">%s</text>
        """,
        LEFT - 8,
        baseline,
        escaped(bar.label),
        LEFT,
        y,
        width,
        BAR_HEIGHT,
        bar.isBaton ? BATON_COLOR : OTHER_COLOR,
        LEFT + width + 6,
        baseline,
        escaped(bar.shown));
  }

  private static String escaped(String text) {
    return text.replace("&", "&amp;").replace("<", "&lt;").replace(">", "&gt;");
  }
}
