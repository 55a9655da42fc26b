package io.github.batonlock.simulation;

import io.github.batonlock.simulation.Campaign.Result;

/** Workers that run campaigns, one after another. */
interface Crew extends AutoCloseable {
  /** Runs a campaign to its end. */
  Result run(Campaign campaign);

  @Override
  void close();
}
