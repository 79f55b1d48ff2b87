import { afterEach, beforeEach, describe, expect, it, jest } from '@jest/globals';
import { randomBytes } from 'node:crypto';
import fc from 'fast-check';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { commandItem } from '#kernel/command-item.js';
import { rootContext, type CommandContext } from '#kernel/context.js';
import { itemCommandId, newCommandId, newId } from '#kernel/ids.js';
import { SqliteRecordStore } from '#records/sqlite.record-store.js';
import { Codec } from './codec.js';
import type { EventStore } from './event-store.js';
import { Executor } from './execute.js';
import { Keyring } from './keyring.js';
import { SqliteEventStore } from './sqlite.event-store.js';
import { catalogue, hall, seatErrors, table } from './testing/table.js';

function context(more: Partial<CommandContext> = {}): CommandContext {
  return { ...rootContext('acme', 'system:test', '2026-06-01T12:00:00.000Z', newCommandId()), ...more };
}

const sit = (id: string, guest: string, hall?: string) => commandItem(table, id, 'sit', { guest, hall });
const nickname = (id: string, name: string) => commandItem(table, id, 'nickname', { nickname: name });
const close = (id: string) => commandItem(hall, id, 'close', {});

describe('commands given together', () => {
  let folder: string;
  let store: EventStore;
  let keys: SqliteRecordStore;
  let codec: Codec;
  let executor: Executor;
  const masterKey = randomBytes(32);

  const freshExecutor = () => new Executor(store, codec, new Keyring(keys, masterKey), seatErrors.table);
  const guestsOf = async (id: string) => (await freshExecutor().stateOf(table, 'acme', id)).guests;
  const nothingWritten = async () => expect(await store.head()).toBe('0'.repeat(20));

  beforeEach(async () => {
    folder = mkdtempSync(join(tmpdir(), 'together-'));
    store = await SqliteEventStore.open(folder);
    keys = SqliteRecordStore.open(join(folder, 'keys.db'), { durable: true });
    codec = new Codec(catalogue, new Keyring(keys, masterKey));
    executor = freshExecutor();
  });

  afterEach(async () => {
    jest.restoreAllMocks();
    await store.close();
    await keys.close();
    rmSync(folder, { recursive: true });
  });

  it('stand in one append, each in its stream, under ids of their own', async () => {
    const append = jest.spyOn(store, 'append');
    const [a, b, h] = [newId(), newId(), newId()];
    const ctx = context({ commandHash: 'h' });
    const outcomes = await executor.executeTogether([sit(a, 'ann'), nickname(b, 'ace'), close(h)], ctx);
    expect(append).toHaveBeenCalledTimes(1);
    expect(outcomes.map(({ id, revision, replayed }) => ({ id, revision, replayed }))).toEqual(
      [a, b, h].map((id) => ({ id, revision: 0, replayed: false })),
    );
    expect(outcomes[0].state.guests).toEqual(['ann']);
    expect(outcomes[1].state.nickname).toBe('ace');
    const head = await store.head();
    expect(outcomes.map(({ position }) => position)).toEqual([head, head, head]);
    const { events } = await store.readLog();
    expect(events.map(({ type }) => type)).toEqual(['ValueReserved', 'SeatTaken', 'Nicknamed', 'HallClosed']);
    expect(new Set(events.map(({ eventId }) => eventId)).size).toBe(4);
    const [first, second, third] = [ctx.commandId, itemCommandId(ctx.commandId, 1), itemCommandId(ctx.commandId, 2)];
    expect(events.map(({ metadata }) => metadata['commandId'])).toEqual([second, first, second, third]);
  });

  describe('are decided one after the other', () => {
    it('a later one on what an earlier one did to the same aggregate', async () => {
      const id = newId();
      const outcomes = await executor.executeTogether([sit(id, 'ann'), sit(id, 'bob'), sit(id, 'ann')], context());
      expect(outcomes.map(({ revision, events }) => [revision, events.map((event) => event.revision)])).toEqual([
        [0, [0]],
        [1, [1]],
        [1, []],
      ]);
      const four = executor.executeTogether([sit(id, 'cyd'), sit(id, 'dan')], context());
      await expect(four).rejects.toMatchObject({ code: 'seat.none-free' });
      expect(await guestsOf(id)).toEqual(['ann', 'bob']);
    });

    it('a later one on what an earlier one did to a stream of its facts', async () => {
      const [id, hallId] = [newId(), newId()];
      const closing = executor.executeTogether([close(hallId), sit(id, 'ann', hallId)], context());
      await expect(closing).rejects.toMatchObject({ code: 'hall.closed' });
      await nothingWritten();
      await executor.executeTogether([sit(id, 'ann', hallId), close(hallId)], context());
      expect(await guestsOf(id)).toEqual(['ann']);
    });

    it('and a guard looks at what the earlier ones decided', async () => {
      const id = newId();
      const seen: (readonly string[])[] = [];
      const guard = ({ guests }: { guests: readonly string[] }) => void seen.push(guests);
      await executor.executeTogether(
        [commandItem(table, id, 'sit', { guest: 'ann' }, { guard }), commandItem(table, id, 'sit', { guest: 'bob' }, { guard })],
        context(),
      );
      expect(seen).toEqual([[], ['ann']]);
    });
  });

  it('all fail where one is refused', async () => {
    const [full, other] = [newId(), newId()];
    for (const guest of ['ann', 'bob', 'cyd']) await executor.execute(table, full, 'sit', { guest }, context());
    const head = await store.head();
    const both = executor.executeTogether([sit(other, 'dan'), sit(full, 'dan')], context());
    await expect(both).rejects.toMatchObject({ code: 'seat.none-free' });
    expect(await store.head()).toBe(head);
  });

  it('answer the heads of their streams where nothing changes', async () => {
    const [a, b] = [newId(), newId()];
    const first = await executor.executeTogether([sit(a, 'ann')], context());
    const second = await executor.executeTogether([sit(b, 'bob')], context());
    const again = await executor.executeTogether([sit(a, 'ann'), sit(b, 'bob')], context());
    expect(again).toEqual([
      { ...first[0], events: [] },
      { ...second[0], events: [] },
    ]);
  });

  it('take the revision that the caller saw for the first of them', async () => {
    const [a, b] = [newId(), newId()];
    await executor.execute(table, a, 'sit', { guest: 'ann' }, context());
    const both = (expectedRevision: number) =>
      executor.executeTogether([sit(a, 'bob'), sit(b, 'bob')], context({ expectedRevision }));
    await expect(both(3)).rejects.toMatchObject({ code: 'precondition.failed', facts: { expected: 3, actual: 0 } });
    await expect(both(0)).resolves.toMatchObject([{ revision: 1 }, { revision: 0 }]);
  });

  describe('with unique values', () => {
    it('hand one on from an earlier item to a later one', async () => {
      const [a, b] = [newId(), newId()];
      await executor.execute(table, a, 'nickname', { nickname: 'ace' }, context());
      await executor.executeTogether([nickname(a, 'king'), nickname(b, 'ace')], context());
      const taken = (id: string, name: string) => executor.execute(table, id, 'nickname', { nickname: name }, context());
      await expect(taken(a, 'ace')).rejects.toMatchObject({ code: 'nickname.taken' });
      await expect(taken(b, 'king')).rejects.toMatchObject({ code: 'nickname.taken' });
      await taken(b, 'queen');
      await taken(a, 'ace');
    });

    it('refuse one that two items want, and one that is given back only later', async () => {
      const [a, b] = [newId(), newId()];
      const want = executor.executeTogether([nickname(a, 'ace'), nickname(b, 'ace')], context());
      await expect(want).rejects.toMatchObject({ code: 'nickname.taken' });
      await nothingWritten();
      await executor.execute(table, a, 'nickname', { nickname: 'ace' }, context());
      const early = executor.executeTogether([nickname(b, 'ace'), nickname(a, 'king')], context());
      await expect(early).rejects.toMatchObject({ code: 'nickname.taken' });
    });

    it('leave a value free that one item takes and another gives back', async () => {
      const [a, b] = [newId(), newId()];
      await executor.executeTogether([nickname(a, 'ace'), nickname(a, 'king')], context());
      await executor.execute(table, b, 'nickname', { nickname: 'ace' }, context());
    });
  });

  it('are all decided again after a conflict, each on what is there then', async () => {
    const [a, hallId] = [newId(), newId()];
    const append = store.append.bind(store);
    jest.spyOn(store, 'append').mockImplementationOnce(async (writes) => {
      await freshExecutor().execute(hall, hallId, 'close', {}, context());
      return append(writes);
    });
    const both = executor.executeTogether([sit(a, 'ann', hallId), close(hallId)], context());
    await expect(both).rejects.toMatchObject({ code: 'hall.closed' });
    expect(await guestsOf(a)).toEqual([]);
  });

  describe('a retry', () => {
    it('gets the first answer, also after others, after a restart, and where the rule would refuse now', async () => {
      const [a, b] = [newId(), newId()];
      const ctx = context({ commandHash: 'h' });
      const items = [sit(a, 'ann'), nickname(b, 'ace'), sit(a, 'bob')] as const;
      const first = await executor.executeTogether(items, ctx);
      await executor.execute(table, a, 'sit', { guest: 'cyd' }, context());
      await executor.execute(table, b, 'nickname', { nickname: 'king' }, context());
      for (const again of [executor, freshExecutor()]) {
        const second = await again.executeTogether(items, ctx);
        expect(second).toEqual(first.map((outcome) => ({ ...outcome, replayed: true })));
      }
      const other = executor.executeTogether(items, { ...ctx, commandHash: 'other' });
      await expect(other).rejects.toMatchObject({ code: 'idempotency.key-reused' });
    });

    it('is recognised by any item, and answers the state now for one that had changed nothing', async () => {
      const [a, b] = [newId(), newId()];
      await executor.execute(table, a, 'sit', { guest: 'ann' }, context());
      const ctx = context({ commandHash: 'h' });
      const items = [sit(a, 'ann'), sit(b, 'bob')] as const;
      const first = await executor.executeTogether(items, ctx);
      await executor.execute(table, a, 'sit', { guest: 'cyd' }, context());
      const [unchanged, changed] = await executor.executeTogether(items, ctx);
      expect(changed).toEqual({ ...first[1], replayed: true });
      expect(unchanged).toMatchObject({ events: [], replayed: true, position: first[1].position });
      expect(unchanged.state.guests).toEqual(['ann', 'cyd']);
    });
  });

  it('happen all or not at all, once each, under any interleaving of processes and retries', async () => {
    const call = fc.record({
      tables: fc.constantFrom([0, 1], [1, 0], [0, 1, 2], [2, 0, 1]),
      process: fc.integer({ min: 0, max: 2 }),
      again: fc.boolean(),
    });
    await fc.assert(
      fc.asyncProperty(fc.array(call, { minLength: 1, maxLength: 12 }), async (calls) => {
        const tables = [newId(), newId(), newId()];
        const processes = [freshExecutor(), freshExecutor(), freshExecutor()];
        const granted = new Map<string, readonly number[]>();
        const give = async ({ tables: numbers, process }: (typeof calls)[number], name: string, ctx: CommandContext) => {
          const items = numbers.map((number) => sit(tables[number]!, name));
          try {
            await processes[process]!.executeTogether(items, ctx);
            granted.set(name, numbers);
          } catch (error) {
            expect(['seat.none-free', 'command.contended']).toContain((error as { code: string }).code);
          }
        };
        await Promise.all(
          calls.flatMap((one, index) => {
            const ctx = context({ commandHash: String(index) });
            const name = `g${index}`;
            const other = { ...one, process: (one.process + 1) % 3 };
            return one.again ? [give(one, name, ctx), give(other, name, ctx)] : [give(one, name, ctx)];
          }),
        );
        for (const [number, id] of tables.entries()) {
          const guests = await guestsOf(id);
          const expected = [...granted].filter(([, numbers]) => numbers.includes(number)).map(([name]) => name);
          expect([...guests].sort()).toEqual(expected.sort());
          expect(guests.length).toBeLessThanOrEqual(3);
        }
      }),
      { numRuns: 25 },
    );
  });
});
