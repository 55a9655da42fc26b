package io.github.batonlock.samples.benchmark.measure;

import io.github.batonlock.samples.benchmark.Lab;
import io.github.batonlock.samples.benchmark.report.Section;

/** Something that is measured, for all contenders in turn. */
public interface Measure {

  /** The name by which it is asked for. */
  String name();

  /** Measures, and tells. */
  Section run(Lab lab) throws Exception;
}
