// What the door of the feed stands on: pages, and streams within their limits.
import type { Readable } from 'node:stream';
import type { Position } from '#event-store/event-store.js';
import type { Principal } from '#http/principal.js';
import type { Journal } from '#read-models/journal.js';
import type { Pace } from '#read-models/pace.js';
import type { FeedConnections } from './feed-connections.js';
import type { Feed, FeedQuestion } from './feed.js';
import { streamOf } from './feed-stream.js';
import type { Movement } from './movement.js';

/** Milliseconds. */
export interface FeedTimes {
  readonly heartbeatMs: number;
  readonly patienceMs: number;
}

interface Asked {
  readonly question: FeedQuestion;
  readonly after: Position;
  readonly renew: () => Promise<boolean>;
}

export class FeedService {
  constructor(
    readonly feed: Feed,
    readonly view: Journal['view'],
    private readonly connections: FeedConnections,
    private readonly streaming: FeedTimes & { readonly pace: Pace; readonly movement: Movement },
  ) {}

  /** A stream in one of the caller's places. @throws `feed.too-many-connections`, `server.not-ready` */
  stream(principal: Principal, asked: Asked): Readable {
    const place = this.connections.take(principal);
    const { movement, ...times } = this.streaming;
    return streamOf(this.feed, {
      ...asked,
      ...times,
      moved: (position) => movement.beyond(position),
      signal: place.signal,
      onEnd: () => place.release(),
    });
  }
}
