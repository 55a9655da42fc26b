package io.github.batonlock.internal.client;

import io.github.batonlock.LockListener;
import io.github.batonlock.internal.protocol.Moment;
import io.github.batonlock.internal.protocol.Observations;
import io.github.batonlock.internal.protocol.RecordVersion;
import io.github.batonlock.internal.protocol.Reservations;
import io.github.batonlock.internal.protocol.RetiredVersions;
import io.github.batonlock.internal.store.Guards;
import io.github.batonlock.internal.store.ItemCodec;
import io.github.batonlock.internal.store.LockStore;
import io.github.batonlock.internal.time.EventLoop;
import io.github.batonlock.internal.time.Platform;
import org.jspecify.annotations.Nullable;

/**
 * What the parts of one client share. Observations, retired versions, reservations and the registry
 * belong to the loop; everything else is immutable or safe for use by many threads.
 */
final class Core {
  final ClientConfig config;
  final Platform platform;
  final EventLoop loop;
  final Notices notices;
  final Requests requests;
  final Releases releases;
  final Stragglers stragglers;
  final ItemAudit audit;
  final Registry registry;
  final ClockWatch clockWatch;
  final PendingCalls calls;
  final LockInfos infos;
  final Lines lines;
  final Sessions sessions;
  final SessionWatches sessionWatches;
  final Watches watches;
  final TakeoverRule takeover;
  final Guards guards;
  final Observations observations = new Observations();
  final RetiredVersions retired = new RetiredVersions();
  final Reservations reservations = new Reservations();

  Core(ClientConfig config, Platform platform, LockStore store, @Nullable LockListener listener) {
    this.config = config;
    this.platform = platform;
    this.loop = platform.loop();
    this.notices = new Notices(platform.callbacks(), listener);
    this.registry = new Registry();
    this.clockWatch = new ClockWatch(this);
    this.calls = new PendingCalls(loop);
    this.infos = new LockInfos(this);
    this.lines = new Lines(this);
    this.sessions = new Sessions(this);
    this.sessionWatches = new SessionWatches(this);
    this.watches = new Watches(this);
    this.takeover = new TakeoverRule(this);
    this.guards =
        new Guards(
            config.tableName(),
            new ItemCodec(config.partitionKeyName(), config.sortKeyName()),
            config.ownerName());
    this.requests = new Requests(store, loop, platform.clock(), clockWatch::serverDisagrees);
    this.releases = new Releases(this);
    this.stragglers = new Stragglers(this);
    this.audit = new ItemAudit(this);
  }

  /** The current moment. Any thread. */
  Moment now() {
    return new Moment(platform.clock().nanoTime(), platform.clock().epochMillis());
  }

  /** A fresh version, for one send at the given moment. */
  String newVersion(Moment sentAt) {
    return RecordVersion.create(sentAt.epochMillis(), platform.random());
  }
}
