package io.github.batonlock.cli.serve;

/** The largest number of something on the operator's page, and what happens beyond it. */
final class PageBounds {
  /** Locks on one page of the list. Beyond it: they are on the next page. */
  static final int LOCKS_ON_A_PAGE = 50;

  /** Locks that are read for all open browsers. Beyond it: the scan of each minute shows them. */
  static final int LOCKS_READ = 200;

  /** Locks that the page knows. Beyond it: the page leaves out those that a scan shows last. */
  static final int LOCKS = 100_000;

  /** Browsers at a time. Beyond it: the next one is refused. */
  static final int BROWSERS = 16;

  /** Events that are kept. Beyond it: the oldest is forgotten. */
  static final int EVENTS = 200;

  /** Events of all locks in one message. Beyond it: older ones are left out. */
  static final int EVENTS_SHOWN = 40;

  /** Parts of one lock's time line. Beyond it: the oldest is forgotten. */
  static final int SPANS = 40;

  /** Breaks that wait for holders. Beyond it: the next one is refused. */
  static final int BREAKS = 8;

  /** Bytes of a request's body. Beyond it: the request is refused. */
  static final int BODY_BYTES = 16 * 1024;

  /** Characters of a filter. Beyond it: the rest is ignored. */
  static final int FILTER_CHARACTERS = 200;

  private PageBounds() {}
}
