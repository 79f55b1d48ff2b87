import { afterEach, beforeEach, describe, expect, it } from '@jest/globals';
import { randomBytes } from 'node:crypto';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { Keyring } from '#event-store/keyring.js';
import type { RecordStore } from '#records/record-store.js';
import { SqliteRecordStore } from '#records/sqlite.record-store.js';
import { HttpOptions } from './http-options.js';
import { Idempotency } from './idempotency.js';
import type { Claim, KeptAnswer } from './replayed.js';
import type { RequestContext } from './request-context.js';

const REQUEST = {
  tenant: 'acme',
  now: '2026-06-01T12:00:00.000Z',
  command: { commandId: 'c1', commandHash: 'h1' },
} as RequestContext;
const ANSWER: KeptAnswer = { status: 409, headers: {}, body: '{}' };
const isClaim = (begun: KeptAnswer | Claim): begun is Claim => 'release' in begun;

describe('requests that wait for a first one with the same key', () => {
  let folder: string;
  let records: RecordStore;
  let idempotency: Idempotency;

  beforeEach(() => {
    folder = mkdtempSync(join(tmpdir(), 'idempotency-'));
    records = SqliteRecordStore.open(join(folder, 'records.db'), { durable: false });
    idempotency = new Idempotency(records, new Keyring(records, randomBytes(32)), new HttpOptions({ inFlightWaitMs: 60_000 }));
  });
  afterEach(async () => {
    await records.close();
    rmSync(folder, { recursive: true });
  });

  it('run one after the other while nothing is kept, and all get what one of them keeps', async () => {
    const first = (await idempotency.begin(REQUEST)) as Claim;
    const begun: (KeptAnswer | Claim)[] = [];
    const waiting = Array.from({ length: 5 }, async () => void begun.push(await idempotency.begin(REQUEST)));
    const more = async (than: number) => {
      while (begun.length === than) await new Promise(setImmediate);
    };
    first.release();
    for (const turn of [1, 2, 3]) {
      await more(turn - 1);
      await new Promise(setImmediate); // time for the others to claim it too, if they could
      expect(begun.map(isClaim)).toEqual(Array<boolean>(turn).fill(true));
      const claim = begun[turn - 1] as Claim;
      if (turn === 3) await claim.keep(ANSWER);
      claim.release();
    }
    await Promise.all(waiting);
    expect(begun.slice(3)).toEqual([ANSWER, ANSWER]);
  });
});
