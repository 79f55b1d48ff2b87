// A subscriber that comes back with the last id misses nothing and gets nothing twice, however the server ends.
import { afterEach, beforeEach, describe, expect, it } from '@jest/globals';
import { rmSync } from 'node:fs';
import { setTimeout as pause } from 'node:timers/promises';
import { clientOf, Positions } from '../support/client.js';
import { readFeed, type FeedReader } from '../support/feed-reader.js';
import { startServer, temporaryFolder, type RunningServer } from '../support/server.js';
import { until } from '../support/until.js';
import { firstVendor, type Vendor } from '../support/vendor.js';

const UNLIMITED = { KEYLEDGER_RATE_LIMIT_CREDENTIAL: '0', KEYLEDGER_RATE_LIMIT_LICENSE_KEY: '0', KEYLEDGER_LOG_LEVEL: 'warn' };

let folder: string;
let server: RunningServer;
let vendor: Vendor;
let key: string;
/** What was acknowledged is asked for when everything is read. */
let positions: Positions;

beforeEach(async () => {
  folder = temporaryFolder();
  positions = new Positions();
  server = await startServer({ folder, env: UNLIMITED });
  vendor = await firstVendor(server, { activations: -1 });
  ({ key } = await vendor.issue());
});

afterEach(async () => {
  await server.end('SIGKILL');
  rmSync(folder, { recursive: true, force: true });
});

/** Devices that are activated one after the other, by whichever server there is; answers how many were acknowledged. */
function writeLoad(callers: number): { stop(): Promise<number> } {
  let acknowledged = 0;
  let over = false;
  const caller = async (number: number) => {
    for (let n = 0; !over; n++) {
      const client = clientOf(server.url, { authorization: `License ${key}`, 'keyledger-tenant': vendor.tenant }, positions);
      const answer = await client
        .post('/v1/license/activations', { fingerprint: `device-${number}-${n}` }, { 'idempotency-key': `${number}-${n}` })
        .catch(() => null);
      if (answer?.status === 201) acknowledged++;
      // While there is no server, asking at once again would only take the processor from the one that starts.
      if (answer === null) await pause(20);
    }
  };
  const all = Promise.all(Array.from({ length: callers }, (_, number) => caller(number)));
  return {
    async stop() {
      over = true;
      await all;
      return acknowledged;
    },
  };
}

/** Follows, from the start, whichever server there is; every time that a stream ends it comes back with the last id. */
class Subscriber {
  /** How many streams it has opened. */
  streams = 0;
  private readonly before: string[] = [];
  private reader: FeedReader | null = null;
  private over = false;
  private readonly running = this.run();

  get events(): readonly string[] {
    return [...this.before, ...(this.reader?.events ?? [])];
  }

  private async run(): Promise<void> {
    let lastId: string | undefined;
    while (!this.over) {
      const place: Record<string, string> = lastId === undefined ? {} : { 'last-event-id': lastId };
      this.reader = await readFeed(server.url, { authorization: `Bearer ${vendor.token}`, ...place }).catch(() => null);
      if (this.reader === null) {
        await pause(20);
        continue;
      }
      if (this.reader.status === 200) this.streams++;
      await this.reader.over;
      lastId = this.reader.lastId ?? lastId;
      this.before.push(...this.reader.events);
      this.reader = null;
    }
  }

  /** Hangs up once it has seen the event. */
  async end(last: string): Promise<void> {
    await until(() => Promise.resolve(this.events.at(-1) === last));
    this.over = true;
    this.reader?.leave();
    await this.running;
  }
}

/** Every event in the log, as pulled. */
async function pulled(): Promise<string[]> {
  const client = clientOf(server.url, { authorization: `Bearer ${vendor.token}` }, positions);
  const events: string[] = [];
  for (let after = '0'.repeat(20); ;) {
    const { data, next, asOf } = await client.read(`/v1/events?limit=1000&after=${after}`);
    events.push(...data.map((event: unknown) => JSON.stringify(event)));
    if (next === asOf) return events;
    after = next;
  }
}

describe('a subscriber', () => {
  it.each(['SIGKILL', 'SIGTERM'] as const)(
    'catches up across ends by %s, under load',
    async (signal) => {
      const subscriber = new Subscriber();
      const load = writeLoad(4);
      for (let round = 1; round <= 3; round++) {
        const so = subscriber.events.length;
        await until(() => Promise.resolve(subscriber.streams >= round && subscriber.events.length > so + 40));
        expect(await server.end(signal)).toBe(signal === 'SIGKILL' ? 'SIGKILL' : 0);
        server = await startServer({ folder, env: UNLIMITED });
      }
      const acknowledged = await load.stop();
      const all = await pulled();
      await subscriber.end(all.at(-1)!);
      expect(subscriber.events).toEqual(all);
      expect(subscriber.streams).toBeGreaterThanOrEqual(4);
      expect(new Set(all).size).toBe(all.length);
      expect(all.filter((event) => event.includes('KeyActivated')).length).toBeGreaterThanOrEqual(acknowledged);
    },
    120_000,
  );

  it('does not keep a stopping server waiting', async () => {
    const reader = await readFeed(server.url, { authorization: `Bearer ${vendor.token}` });
    await reader.until(() => reader.comments.length > 0);
    expect(await server.end('SIGTERM')).toBe(0);
    await reader.over;
    expect(server.output()).not.toContain('deadline');
  });
});
