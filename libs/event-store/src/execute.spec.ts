import { afterEach, beforeEach, describe, expect, it } from '@jest/globals';
import { randomBytes } from 'node:crypto';
import fc from 'fast-check';
import { mkdtempSync, readFileSync, readdirSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { CommandContext } from '#kernel/context.js';
import { ERASED } from '#kernel/fields.js';
import { itemCommandId, newCommandId, newId } from '#kernel/ids.js';
import { SqliteRecordStore } from '#records/sqlite.record-store.js';
import { Codec } from './codec.js';
import type { EventStore } from './event-store.js';
import { Executor } from './execute.js';
import { Keyring } from './keyring.js';
import { SqliteEventStore } from './sqlite.event-store.js';
import { catalogue, hall, seatErrors, table } from './testing/table.js';

function context(more: Partial<CommandContext> = {}): CommandContext {
  const commandId = newCommandId();
  return {
    tenant: 'acme',
    actor: 'system:test',
    now: '2026-06-01T12:00:00.000Z',
    commandId,
    correlationId: commandId,
    causationId: commandId,
    ...more,
  };
}

describe('the command path', () => {
  let folder: string;
  let store: EventStore;
  let keys: SqliteRecordStore;
  let codec: Codec;
  let executor: Executor;
  const masterKey = randomBytes(32);

  const freshExecutor = () => new Executor(store, codec, new Keyring(keys, masterKey), seatErrors.table);

  beforeEach(async () => {
    folder = mkdtempSync(join(tmpdir(), 'execute-'));
    store = await SqliteEventStore.open(folder);
    keys = SqliteRecordStore.open(join(folder, 'keys.db'), { durable: true });
    codec = new Codec(catalogue, new Keyring(keys, masterKey));
    executor = freshExecutor();
  });

  afterEach(async () => {
    await store.close();
    await keys.close();
    rmSync(folder, { recursive: true });
  });

  it('appends what was decided, with the whole envelope', async () => {
    const ctx = context({ requestId: 'r1', commandHash: 'h', traceparent: '00-t' });
    const outcome = await executor.execute(table, newId(), 'sit', { guest: 'ann' }, ctx);
    expect(outcome).toMatchObject({ revision: 0, state: { guests: ['ann'] }, replayed: false });
    const [stored] = await codec.decode(await store.readStream(`table-acme~${outcome.id}`));
    expect(stored!.meta).toEqual({
      eventId: expect.any(String),
      type: 'SeatTaken',
      schema: 1,
      tenant: 'acme',
      organization: 'org1',
      actor: 'system:test',
      occurredAt: ctx.now,
      correlationId: ctx.correlationId,
      causationId: ctx.causationId,
      commandId: ctx.commandId,
      commandHash: 'h',
      requestId: 'r1',
      traceparent: '00-t',
    });
    expect(stored!.position).toBe(outcome.position);
  });

  it('answers a command that changes nothing with the head of the stream', async () => {
    const first = await executor.execute(table, newId(), 'sit', { guest: 'ann' }, context());
    const second = await executor.execute(table, first.id, 'sit', { guest: 'ann' }, context());
    expect(second).toEqual({ ...first, events: [] });
  });

  it('lets a guard refuse before anything is decided', async () => {
    const guard = () => seatErrors.refuse('hall.closed');
    await expect(executor.execute(table, newId(), 'sit', { guest: 'ann' }, context(), { guard })).rejects.toMatchObject({
      code: 'hall.closed',
    });
    expect(await store.head()).toBe('0'.repeat(20));
  });

  it('hands in facts of another stream', async () => {
    const closed = await executor.execute(hall, newId(), 'close', {}, context());
    const sit = (id: string) => executor.execute(table, newId(), 'sit', { guest: 'ann', hall: id }, context());
    await expect(sit(closed.id)).rejects.toMatchObject({ code: 'hall.closed' });
    await expect(sit(newId())).resolves.toMatchObject({ revision: 0 });
  });

  it('refuses another revision than the caller saw', async () => {
    const { id } = await executor.execute(table, newId(), 'sit', { guest: 'ann' }, context());
    const sit = (expectedRevision: number) => executor.execute(table, id, 'sit', { guest: 'bob' }, context({ expectedRevision }));
    await expect(sit(1)).rejects.toMatchObject({
      code: 'precondition.failed',
      message: expect.stringMatching(/revision 0\b.*\brevision 1\b/),
      facts: { expected: 1, actual: 0 },
    });
    const absent = executor.execute(table, newId(), 'sit', { guest: 'bob' }, context({ expectedRevision: 1 }));
    await expect(absent).rejects.toMatchObject({ message: expect.stringContaining('does not exist') });
    await expect(sit(0)).resolves.toMatchObject({ revision: 1 });
  });

  describe('a retry', () => {
    it('gets the first answer, also after others, after a restart, and where the rule would refuse now', async () => {
      const ctx = context({ commandHash: 'h' });
      const first = await executor.execute(table, newId(), 'sit', { guest: 'ann' }, ctx);
      for (const guest of ['bob', 'cyd']) await executor.execute(table, first.id, 'sit', { guest }, context());
      for (const again of [executor, freshExecutor()]) {
        const second = await again.execute(table, first.id, 'sit', { guest: 'ann' }, ctx);
        expect(second).toEqual({ ...first, replayed: true });
      }
    });

    it('with another content is refused', async () => {
      const ctx = context({ commandHash: 'h' });
      const { id } = await executor.execute(table, newId(), 'sit', { guest: 'ann' }, ctx);
      const other = { ...ctx, commandHash: 'other' };
      await expect(executor.execute(table, id, 'sit', { guest: 'bob' }, other)).rejects.toMatchObject({
        code: 'idempotency.key-reused',
      });
    });

    it('is recognised under any interleaving of two processes', async () => {
      await fc.assert(
        fc.asyncProperty(
          fc.array(fc.tuple(fc.integer({ min: 0, max: 3 }), fc.boolean()), { minLength: 1, maxLength: 12 }),
          async (calls) => {
            const id = newId();
            const batch = newCommandId();
            const processes = [freshExecutor(), freshExecutor()];
            const answers = await Promise.all(
              calls.map(async ([guest, second]) => {
                const ctx = context({ commandId: itemCommandId(batch, guest), commandHash: String(guest) });
                const sit = processes[second ? 1 : 0]!.execute(table, id, 'sit', { guest: `g${guest}` }, ctx);
                return sit
                  .then(({ revision }) => ({ guest, revision }))
                  .catch((error: { code: string }) => ({ guest, revision: error.code }));
              }),
            );
            const guests = [...new Set(answers.map(({ guest }) => guest))];
            const revisionsOf = (guest: number) =>
              answers.filter((answer) => answer.guest === guest).map(({ revision }) => revision);
            const granted = guests.filter((guest) => revisionsOf(guest).some((revision) => typeof revision === 'number'));
            expect(granted.length).toBe(Math.min(3, guests.length));
            for (const guest of granted)
              expect(new Set(revisionsOf(guest).filter((revision) => typeof revision === 'number')).size).toBe(1);
            expect(await store.readStream(`table-acme~${id}`)).toHaveLength(granted.length);
          },
        ),
        { numRuns: 25 },
      );
    });
  });

  it('never lets two processes overrun a limit', async () => {
    const id = newId();
    const processes = [freshExecutor(), freshExecutor(), freshExecutor()];
    const sit = (n: number) =>
      processes[n % 3]!.execute(table, id, 'sit', { guest: `g${n}` }, context()).then(
        () => 'ok',
        (e: { code: string }) => e.code,
      );
    const answers = await Promise.all(Array.from({ length: 30 }, (_, n) => sit(n)));
    expect(answers.filter((answer) => answer === 'ok')).toHaveLength(3);
    for (const answer of answers) expect(['ok', 'seat.none-free', 'command.contended']).toContain(answer);
  });

  describe('a unique value', () => {
    const nickname = (id: string, name: string) => executor.execute(table, id, 'nickname', { nickname: name }, context());

    it('is held by one stream of a tenant, and given back when it changes', async () => {
      const [a, b] = [newId(), newId()];
      await nickname(a, 'ace');
      await expect(nickname(b, 'ace')).rejects.toMatchObject({ code: 'nickname.taken' });
      await nickname(a, 'ace');
      await nickname(a, 'king');
      await nickname(b, 'ace');
      await expect(nickname(a, 'ace')).rejects.toMatchObject({ code: 'nickname.taken' });
      await expect(
        executor.execute(table, a, 'nickname', { nickname: 'ace' }, context({ tenant: 'other' })),
      ).resolves.toMatchObject({ revision: 0 });
    });

    it('without a refusal of its own is refused by the general one', async () => {
      const nameless = new Executor(store, codec, new Keyring(keys, masterKey), {});
      await nickname(newId(), 'ace');
      await expect(nameless.execute(table, newId(), 'nickname', { nickname: 'ace' }, context())).rejects.toMatchObject({
        code: 'value.taken',
        facts: { kind: 'nickname' },
      });
    });

    it('goes to exactly one of many that want it at once', async () => {
      const answers = await Promise.all(
        Array.from({ length: 16 }, () =>
          nickname(newId(), 'ace').then(
            () => 'ok',
            (e: { code: string }) => e.code,
          ),
        ),
      );
      expect(answers.filter((answer) => answer === 'ok')).toHaveLength(1);
      expect(new Set(answers)).toEqual(new Set(['ok', 'nickname.taken']));
    });
  });

  describe('a sealed field', () => {
    it('is never in a file in plain, and comes back in plain', async () => {
      const outcome = await executor.execute(table, newId(), 'nickname', { nickname: 'Zaphod Beeblebrox' }, context());
      expect(outcome.state.nickname).toBe('Zaphod Beeblebrox');
      expect((await freshExecutor().execute(table, outcome.id, 'sit', { guest: 'x' }, context())).state.nickname).toBe(
        'Zaphod Beeblebrox',
      );
      for (const file of readdirSync(folder)) expect(readFileSync(join(folder, file)).includes('Zaphod')).toBe(false);
    });

    it('reads as erased once its key is gone', async () => {
      const outcome = await executor.execute(table, newId(), 'nickname', { nickname: 'Zaphod' }, context());
      await keys.delete('subject-keys', `acme/${outcome.id}`);
      const forgetful = new Codec(catalogue, new Keyring(keys, masterKey));
      const [recorded] = await forgetful.decode(await store.readStream(`table-acme~${outcome.id}`));
      expect(recorded!.data).toEqual({ person: outcome.id, nickname: ERASED, old: null });
    });

    it('that was moved to another event is called damaged', async () => {
      const [a, b] = await Promise.all(
        ['x', 'y'].map((name) => executor.execute(table, newId(), 'nickname', { nickname: name }, context())),
      );
      const [[eventA], [eventB]] = [await store.readStream(`table-acme~${a!.id}`), await store.readStream(`table-acme~${b!.id}`)];
      const [moved] = await codec.decode([{ ...eventA!, data: eventB!.data }]);
      expect(() => (moved!.data as Record<string, unknown>)['nickname']).toThrow(
        expect.objectContaining({ code: 'store.damaged' }),
      );
      await expect(codec.decode([{ ...eventA!, data: '{' }])).rejects.toMatchObject({ code: 'store.damaged' });
    });
  });
});
