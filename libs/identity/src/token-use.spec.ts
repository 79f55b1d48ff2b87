import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, describe, expect, it } from '@jest/globals';
import { SqliteRecordStore } from '#records/sqlite.record-store.js';
import { TokenUse } from './token-use.js';

const folder = mkdtempSync(join(tmpdir(), 'keyledger-use-'));
const records = SqliteRecordStore.open(join(folder, 'records.db'), { durable: false });
afterAll(async () => {
  await records.close();
  rmSync(folder, { recursive: true });
});

const first = '2026-06-01T12:00:00.000Z';
const second = '2026-06-01T12:00:01.000Z';

describe('the last use of tokens', () => {
  it('is known at once, and to others after a batch', async () => {
    const use = new TokenUse(records);
    use.note('acme', 'a', first);
    expect([...(await use.lastUsed('acme', ['a', 'b'], first))]).toEqual([['a', first]]);
    expect((await new TokenUse(records).lastUsed('acme', ['a'], first)).size).toBe(0);
    await use.flush(first);
    expect((await new TokenUse(records).lastUsed('acme', ['a'], first)).get('a')).toBe(first);
    use.note('acme', 'a', second);
    expect((await use.lastUsed('acme', ['a'], second)).get('a')).toBe(second);
  });

  it('is kept apart by tenant', async () => {
    const use = new TokenUse(records);
    use.note('acme', 't', first);
    await use.flush(first);
    expect((await use.lastUsed('other', ['t'], first)).size).toBe(0);
  });

  it('waits for the next batch where one could not be written, unless something newer was noted', async () => {
    const closed = SqliteRecordStore.open(join(folder, 'closed.db'), { durable: false });
    const use = new TokenUse(closed);
    use.note('acme', 'a', first);
    await closed.close();
    const failing = use.flush(first);
    use.note('acme', 'b', second);
    await expect(failing).rejects.toThrow();
    Object.assign(use, { records });
    await use.flush(second);
    const seen = await new TokenUse(records).lastUsed('acme', ['a', 'b'], second);
    expect(seen.get('b')).toBe(second);
    expect(seen.get('a')).toBe(first);
  });
});
