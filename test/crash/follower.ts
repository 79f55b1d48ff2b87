// A subscriber of the feed that outlives the server: it comes back with the last id, and writes down what it was shown.
import { setTimeout as pause } from 'node:timers/promises';
import type { CloudEvent } from '#integrations/cloud-event.js';
import { readFeed, type FeedReader } from '../support/feed-reader.js';
import { until } from '../support/until.js';
import type { Surroundings } from './callers.js';

const RETRY_MS = 20;
/** How long it may take to catch up. */
const PATIENCE_MS = 60_000;

export class Follower {
  /** Positions in the order in which they came. */
  readonly positions: string[] = [];
  private stopping = false;
  private reader: FeedReader | null = null;
  private readonly running: Promise<void>;

  constructor(
    private readonly around: Surroundings,
    private lastId: string,
  ) {
    this.running = this.run();
  }

  /** Ends it once it was shown everything up to there. */
  async stop(position: string): Promise<void> {
    await until(() => Promise.resolve((this.reader?.lastId ?? this.lastId) >= position), PATIENCE_MS);
    this.stopping = true;
    this.reader?.leave();
    return this.running;
  }

  private async run(): Promise<void> {
    const { servers, vendor } = this.around;
    while (!this.stopping) {
      const { url } = await servers.get();
      const headers = { authorization: `Bearer ${vendor.token}`, 'last-event-id': this.lastId };
      this.reader = await readFeed(url, headers).catch(() => null);
      if (this.reader) await this.take(this.reader);
      await pause(RETRY_MS);
    }
  }

  private async take(reader: FeedReader): Promise<void> {
    const { ledger } = this.around;
    await reader.over;
    for (const text of reader.events) {
      const { position, id } = JSON.parse(text) as CloudEvent;
      const before = this.positions.at(-1) ?? '';
      if (position <= before) ledger.complain(`the feed showed ${position} after ${before}`);
      this.positions.push(position);
      ledger.show(position, id);
    }
    this.lastId = reader.lastId ?? this.lastId;
  }
}
