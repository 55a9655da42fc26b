package io.github.batonlock.samples.benchmark.report;

import io.github.batonlock.samples.benchmark.dynamo.Counts;
import java.util.Locale;

/**
 * What requests cost: on-demand capacity in us-east-1, standard table class, from the public price
 * list (aws.amazon.com/dynamodb/pricing/on-demand) as of November 2024 and later.
 */
public final class Prices {
  /** US dollars for a million write request units; a write of up to 1 KB takes one. */
  private static final double USD_PER_MILLION_WRITE_UNITS = 0.625;

  /** US dollars for a million read request units; a consistent read of up to 4 KB takes one. */
  private static final double USD_PER_MILLION_READ_UNITS = 0.125;

  /** Read units of an eventually consistent read. */
  private static final double EVENTUAL_READ_UNITS = 0.5;

  private static final double HOURS_PER_MONTH = 24 * 30;
  private static final double MILLION = 1e6;

  /** What the prices are, for the report. */
  public static final String BASIS =
      String.format(
          Locale.ROOT,
          "on-demand capacity as for us-east-1, %s USD per million write request units, %s USD per"
              + " million read request units, an eventually consistent read takes half a unit, a"
              + " month of 30 days. Check the current price list.",
          USD_PER_MILLION_WRITE_UNITS,
          USD_PER_MILLION_READ_UNITS);

  private Prices() {}

  /** US dollars a month for so many requests an hour. */
  public static double monthly(Counts perHour) {
    return ofAMillion(perHour) / MILLION * HOURS_PER_MONTH;
  }

  /** The price of a million operations that send these requests each, in US dollars. */
  public static double ofAMillion(Counts requests) {
    double readUnits = requests.consistentReads() + EVENTUAL_READ_UNITS * requests.eventualReads();
    return requests.writes() * USD_PER_MILLION_WRITE_UNITS + readUnits * USD_PER_MILLION_READ_UNITS;
  }

  /** A sum of money. */
  public static String usd(double value) {
    return String.format(Locale.ROOT, "%.2f", value);
  }
}
