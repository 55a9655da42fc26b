/**
 * The operator's page, {@code baton serve}: the locks of a table in a browser of this machine, live
 * (docs/page.md).
 *
 * <pre>
 *   LockFeed --one thread: a scan each minute, reads of what is on a screen--&gt; the table
 *      | rows
 *      v
 *   LockBoard --all that is known: a SeenLock for each lock, events, failures
 *      | pictures: one page of locks, as one View asks for them
 *      v
 *   EventStream --one thread for each open browser, server-sent events--&gt; app.js
 *      |
 *      '--Screens: which locks are on a screen now --&gt; LockFeed
 * </pre>
 *
 * <p><b>Requests.</b> In a minute, with the defaults, at most
 *
 * <pre>
 *   pages of the table (1 MB each)                      one scan a minute, with or without a browser
 *   + 12 x (locks on screens + sessions that keep them)  one read each 5 seconds
 *   + one strongly consistent read for each holder on a screen that is about to be called dead
 * </pre>
 *
 * Several browsers that show one lock share its reads; at most 200 locks are read. Without an open
 * browser there are no reads. Scans and reads are eventually consistent. The page shows the
 * requests of the last minute.
 *
 * <p><b>Slow browsers.</b> A message is the whole state of one view, made when it is sent. A
 * browser that does not read blocks its own thread, has no queue, and gets the newest state when it
 * goes on.
 *
 * <p><b>Security.</b> The server listens on the loopback interface, and answers only requests that
 * name it by a loopback name (against DNS rebinding) and come from its own page (against other
 * sites). Names in the table are untrusted: the page writes them as text. There is one change,
 * breaking a lock. It needs {@code --allow-break} and the token of this start, which only the
 * printed address contains.
 */
@NullMarked
package io.github.batonlock.cli.serve;

import org.jspecify.annotations.NullMarked;
