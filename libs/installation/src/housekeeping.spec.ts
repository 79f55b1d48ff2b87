import { afterEach, beforeEach, describe, expect, it } from '@jest/globals';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { SqliteRecordStore } from '#records/sqlite.record-store.js';
import { sweepRecords } from './housekeeping.js';

const NOW = '2026-06-01T12:00:00.000Z';
const EARLIER = '2026-06-01T11:00:00.000Z';
const LATER = '2026-06-01T13:00:00.000Z';

describe('sweeping records', () => {
  let folder: string;
  let records: SqliteRecordStore;
  beforeEach(() => {
    folder = mkdtempSync(join(tmpdir(), 'sweep-'));
    records = SqliteRecordStore.open(join(folder, 'records.db'), { durable: false });
  });
  afterEach(async () => {
    await records.close();
    rmSync(folder, { recursive: true });
  });

  const put = async (count: number, expiresAt?: string) => {
    for (let n = 0; n < count; n++) await records.put('s', `${expiresAt ?? 'never'}-${n}`, n, EARLIER, { expiresAt });
  };

  it('takes out all that has expired, in portions with a breath between them, and nothing else', async () => {
    await put(1_200, NOW);
    await put(3, LATER);
    await put(2);
    let breaths = 0;
    const breathe = () => {
      breaths++;
      return Promise.resolve();
    };
    expect(await sweepRecords(records, NOW, breathe)).toBe(1_200);
    expect(breaths).toBe(2);
    expect(await sweepRecords(records, NOW, breathe)).toBe(0);
    expect(await records.list('s', NOW)).toHaveLength(5);
  });

  it('leaves the rest for the next round where there is too much', async () => {
    await put(10_100, NOW);
    const round = () => sweepRecords(records, NOW, () => Promise.resolve());
    expect([await round(), await round()]).toEqual([10_000, 100]);
  });
});
