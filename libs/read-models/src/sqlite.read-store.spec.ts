import { afterEach, beforeEach, describe, expect, it } from '@jest/globals';
import type { Database as SqliteDatabase } from 'better-sqlite3';
import { Database } from '#event-store/sqlite.driver.js';
import { existsSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setImmediate as nextTurn } from 'node:timers/promises';
import type { Query } from './read-store.js';
import { pageStatement } from './sqlite.query.js';
import { SqliteReadStore } from './sqlite.read-store.js';
import { until } from './testing/manual-pace.js';
import { at, buildOf, change, MUCH_LATER, NOW, plainView, thing, write } from './testing/plain-things.js';
import { readStoreContract } from './testing/read-store.contract.js';
import { shapeOf } from './view.js';

readStoreContract('SQLite', async () => {
  const folder = mkdtempSync(join(tmpdir(), 'views-'));
  const store = SqliteReadStore.open(folder);
  return {
    store,
    another: async () => SqliteReadStore.open(folder),
    dispose: async () => {
      await store.close();
      rmSync(folder, { recursive: true });
    },
  };
});

describe('the file of the read models', () => {
  let folder: string;
  const view = plainView();
  const file = () => join(folder, 'views.db');

  beforeEach(() => {
    folder = mkdtempSync(join(tmpdir(), 'views-'));
  });
  afterEach(() => rmSync(folder, { recursive: true }));

  it('is read by another handle while it is written; that handle cannot write', async () => {
    const reader = SqliteReadStore.openReader(folder);
    const store = SqliteReadStore.open(folder);
    await store.prepare(view);
    await write(store, buildOf(view), 1, [change(view, 'acme', 'a', 1, thing('a'))]);
    expect((await reader.get(view, 'acme', 'a'))?.doc.name).toBe('a');
    await expect(reader.prepare(plainView(2))).rejects.toMatchObject({ code: 'store.read-only' });
    await store.close();
    await reader.close();
  });

  it('answers what lists show also from a build that was made before the view had it', async () => {
    const store = SqliteReadStore.open(folder);
    await store.prepare(view);
    await write(store, buildOf(view), 1, [change(view, 'acme', 'a', 1, thing('old'))]);
    const shown = plainView(1, { shown: ({ name }) => `shown ${name}` });
    await store.prepare(shown);
    const page = () => store.findShown(shown, 'acme', { sort: [{ index: 'name' }], limit: 5 });
    expect((await page()).rows).toEqual([{ key: 'a', shown: 'shown old', values: ['old'] }]);
    const second = { ...buildOf(shown), number: 2 };
    await write(store, second, 2, [change(shown, 'acme', 'a', 2, thing('new'))]);
    await store.activate(shown.name, 2);
    expect((await page()).rows).toEqual([{ key: 'a', shown: 'shown new', values: ['new'] }]);
    await store.close();
  });

  it('shows a reader one state in one turn of the event loop, and what was committed meanwhile in the next one', async () => {
    const store = SqliteReadStore.open(folder);
    await store.prepare(view);
    const reader = SqliteReadStore.openReader(folder);
    const name = async () => (await reader.get(view, 'acme', 'a'))?.doc.name;
    await write(store, buildOf(view), 1, [change(view, 'acme', 'a', 1, thing('old'))]);
    const second = { ...buildOf(view), number: await store.begin(view) };
    await write(store, second, 2, [change(view, 'acme', 'a', 2, thing('new'))]);
    await nextTurn();
    const before = await name();
    await store.activate(view.name, second.number);
    expect([before, await name(), await reader.asOf(view)]).toEqual(['old', 'old', at(1)]);
    await nextTurn();
    expect([await name(), await reader.asOf(view)]).toEqual(['new', at(2)]);
    await store.close();
    await reader.close();
  });

  it('shows another handle what was committed since it last read: documents, checkpoint, and a switch', async () => {
    const store = SqliteReadStore.open(folder);
    await store.prepare(view);
    const reader = SqliteReadStore.openReader(folder);
    const seen = async () => {
      await nextTurn();
      return [await reader.asOf(view), (await reader.get(view, 'acme', 'a'))?.doc.name];
    };
    expect(await seen()).toEqual([at(0), undefined]);
    await write(store, buildOf(view), 1, [change(view, 'acme', 'a', 1, thing('old'))]);
    expect(await seen()).toEqual([at(1), 'old']);
    const second = { ...buildOf(view), number: await store.begin(view) };
    await write(store, second, 2, [change(view, 'acme', 'a', 2, thing('new'))]);
    expect(await seen()).toEqual([at(1), 'old']);
    await store.activate(view.name, second.number);
    expect(await seen()).toEqual([at(2), 'new']);
    await write(store, second, 3, [change(view, 'acme', 'a', 3, thing('newer'), 2)]);
    expect(await seen()).toEqual([at(3), 'newer']);
    await write(store, second, 4, [change(view, 'acme', 'a', 4, null, 3)]);
    expect(await seen()).toEqual([at(4), undefined]);
    await store.close();
    await reader.close();
  });

  it('is refused where it is damaged, of a newer format, or of another program', async () => {
    writeFileSync(file(), 'this is no database, whatever its name says'.repeat(200));
    expect(() => SqliteReadStore.open(folder)).toThrow(expect.objectContaining({ code: 'store.damaged' }));
    rmSync(file());
    await SqliteReadStore.open(folder).close();
    const db = new Database(file());
    db.pragma('user_version = 99');
    expect(() => SqliteReadStore.open(folder)).toThrow(expect.objectContaining({ code: 'store.newer-format' }));
    db.pragma('application_id = 7');
    db.close();
    expect(() => SqliteReadStore.open(folder)).toThrow(expect.objectContaining({ code: 'store.damaged' }));
  });

  it('says so when it is full, and goes on once there is room', async () => {
    const small = SqliteReadStore.open(folder, { maxPages: 40 });
    await small.prepare(view);
    const build = buildOf(view);
    const epoch = (await small.acquire(build, 'w', '2026-01-01T00:00:00.000Z', '2026-01-02T00:00:00.000Z'))!;
    const batch = {
      from: at(0),
      to: { position: at(1), occurredAt: null },
      changes: Array.from({ length: 300 }, (_, i) => change(view, 'acme', `k${i}`, 1, thing('x'.repeat(1000)))),
    };
    await expect(small.apply(build, epoch, batch)).rejects.toMatchObject({ code: 'store.full' });
    expect((await small.checkpoint(build)).position).toBe(at(0));
    await small.close();
    const store = SqliteReadStore.open(folder);
    expect(await store.apply(build, epoch, batch)).toBe(true);
    await store.close();
  });
});

describe('the write-ahead log of the read models, emptied beside the commits', () => {
  const view = plainView();
  const PAGE = 4_096;

  it('does not grow with what is written, and nothing of it is lost', async () => {
    const folder = mkdtempSync(join(tmpdir(), 'views-'));
    const store = SqliteReadStore.open(folder, { checkpoints: 'beside' });
    await store.prepare(view);
    const build = buildOf(view);
    const epoch = (await store.acquire(build, 'w', NOW, MUCH_LATER))!;
    const log = new Database(join(folder, 'views.db'), { readonly: true });
    const state = () => (log.pragma('wal_checkpoint(NOOP)') as [{ log: number; checkpointed: number }])[0];
    const written = async (n: number) => {
      const changes = [1, 2, 3, 4].map((i) => change(view, 'acme', `k${n}.${i}`, n, thing('x'.repeat(100 * PAGE))));
      const batch = { from: at(n - 1), to: { position: at(n), occurredAt: null }, changes };
      expect(await store.apply(build, epoch, batch)).toBe(true);
    };
    let batches = 0;
    while (state().log < 4_000) await written(++batches); // far from the 40,000 pages where a commit would empty it
    const full = state().log;
    await until(() => state().checkpointed === state().log);
    await written(++batches);
    expect(state().log).toBeLessThan(full); // it has begun again
    log.close();
    await store.close();
    expect(existsSync(join(folder, 'views.db-wal'))).toBe(false);
    const again = SqliteReadStore.open(folder);
    expect((await again.asOf(view)) === at(batches)).toBe(true);
    expect(await again.count(view.name, 1)).toBe(batches * 4);
    await again.close();
    rmSync(folder, { recursive: true });
  });
});

describe('the plan of a list', () => {
  let folder: string;
  let store: SqliteReadStore;
  let db: SqliteDatabase;
  const view = plainView();

  beforeEach(async () => {
    folder = mkdtempSync(join(tmpdir(), 'views-'));
    store = SqliteReadStore.open(folder);
    await store.prepare(view);
    db = new Database(join(folder, 'views.db'), { readonly: true });
  });
  afterEach(async () => {
    db.close();
    await store.close();
    rmSync(folder, { recursive: true });
  });

  it('is there from the first build on, and in a later one once that is complete', async () => {
    const lists = db.prepare<[], string>("SELECT name FROM sqlite_schema WHERE name LIKE 'list %' ORDER BY name").pluck();
    expect(lists.all()).toEqual(['list plain-things 1 0', 'list plain-things 1 1']);
    const number = await store.begin(view);
    expect(lists.all()).toHaveLength(2);
    await store.complete(view.name, number);
    expect(lists.all().slice(2)).toEqual(['list plain-things 2 0', 'list plain-things 2 1']);
  });

  const planOf = (query: Query): string => {
    const { sql, params } = pageStatement({ view, number: 1, shape: shapeOf(view), tenant: 'acme' }, query);
    const rows = db.prepare(`EXPLAIN QUERY PLAN ${sql}`).all(...params) as { detail: string }[];
    return rows.map(({ detail }) => detail).join('; ');
  };
  const after = { values: ['2026-01-01'], key: 'k' };
  const state = { state: { equal: 'on' } };

  it.each<[string, Query, string]>([
    ['filter and sort', { all: state, sort: [{ index: 'rank' }], limit: 25 }, '(tenant=? AND i_state=?)'],
    ['next page', { all: state, sort: [{ index: 'rank' }], after, limit: 25 }, '(tenant=? AND i_state=? AND (i_rank,key)>(?,?))'],
    [
      'next page, descending',
      { all: state, sort: [{ index: 'rank', descending: true }], after, limit: 25 },
      '(tenant=? AND i_state=? AND (i_rank,key)<(?,?))',
    ],
    [
      'range',
      { all: { ...state, rank: { from: '2025', to: '2027' } }, sort: [{ index: 'rank' }], limit: 25 },
      '(tenant=? AND i_state=? AND i_rank>? AND i_rank<?)',
    ],
    [
      'next page inside a range',
      { all: { ...state, rank: { from: '2025', to: '2027' } }, sort: [{ index: 'rank' }], after, limit: 25 },
      '(tenant=? AND i_state=? AND (i_rank,key)>(?,?) AND i_rank<?)',
    ],
    [
      'next page inside a range, descending',
      { all: { ...state, rank: { from: '2025', to: '2027' } }, sort: [{ index: 'rank', descending: true }], after, limit: 25 },
      '(tenant=? AND i_state=? AND i_rank>? AND (i_rank,key)<(?,?))',
    ],
    [
      'sort by all of a list',
      { sort: [{ index: 'state' }, { index: 'rank' }], after: { values: ['on', 1], key: 'k' }, limit: 25 },
      '(tenant=? AND (i_state,i_rank,key)>(?,?,?))',
    ],
    ['no filter', { sort: [{ index: 'rank' }], limit: 25 }, '(tenant=?)'],
    ['by key', { after: { values: [], key: 'k' }, limit: 25 }, '(tenant=? AND key>?)'],
  ])('%s: seeks in the declared index and sorts nothing', (_, query, seek) => {
    const plan = planOf(query);
    expect(plan).toContain(seek);
    expect(plan).not.toMatch(/TEMP B-TREE|SCAN/);
  });

  it('starts from the values of a `many` index where one is asked for', () => {
    expect(planOf({ all: { tags: { prefix: 'ab' } }, limit: 25 })).toMatch(
      /values plain-things 1 USING PRIMARY KEY \(tenant=\? AND name=\? AND value>\? AND value<\?\)/,
    );
  });
});
