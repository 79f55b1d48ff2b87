// An event log in a temporary folder, for tests of what reads it.
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { Position } from '#event-store/event-store.js';
import { SqliteEventStore } from '#event-store/sqlite.event-store.js';
import { streamName } from '#kernel/ids.js';
import { newTally, type TallyEvent } from './tallies.js';

export interface TemporaryLog {
  readonly folder: string;
  readonly events: SqliteEventStore;
  /** Appends events one by one; answers the position of the last. */
  happen(...events: readonly (TallyEvent & { readonly tenant?: string })[]): Promise<Position>;
  /** Appends to a category that the tests' views do not read. */
  happenElsewhere(): Promise<Position>;
  dispose(): Promise<void>;
}

export async function temporaryLog(): Promise<TemporaryLog> {
  const folder = mkdtempSync(join(tmpdir(), 'log-'));
  const events = await SqliteEventStore.open(folder, { durable: false });
  const append = async (stream: string, type: string, data: object, tenant: string) =>
    (await events.append([{ stream, expected: 'any', events: [newTally(type, data, tenant, crypto.randomUUID())] }])).position;
  return {
    folder,
    events,
    async happen(...happened) {
      let last = await events.head();
      for (const { type, tally, tenant = 'acme', ...data } of happened)
        last = await append(streamName('tally', tenant, tally), type, data, tenant);
      return last;
    },
    happenElsewhere: () => append(streamName('other', 'acme', 'x'), 'Other', {}, 'acme'),
    async dispose() {
      await events.close();
      rmSync(folder, { recursive: true });
    },
  };
}
