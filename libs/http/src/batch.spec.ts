import { describe, expect, it } from '@jest/globals';
import type { Outcome } from '#event-store/execute.js';
import type { CommandContext } from '#kernel/context.js';
import { defineErrors } from '#kernel/errors.js';
import { testContext } from '#kernel/testing/given.js';
import { batched, refusalOf, runItems, type ItemResult } from './batch.js';

const errors = defineErrors({ 'lamp.broken': { kind: 'conflict', title: 'The lamp is broken.' } });
const ctx = { command: { ...testContext, expectedRevision: 4 } };

function outcome(number: number, replayed = false): Outcome<number> {
  const position = String(number).padStart(20, '0');
  return { id: `lamp-${number}`, position, revision: 0, state: number, events: [{} as never], replayed };
}

describe('a batch', () => {
  it('gives each item a command id of its own, the same on every run, and no expected revision', async () => {
    const seen: Partial<CommandContext>[][] = [[], []];
    for (const run of seen) {
      await runItems([1, 2, 3], ctx, (item, command) => {
        run.push(command);
        return Promise.resolve(outcome(item));
      });
    }
    expect(seen[0]).toEqual(seen[1]);
    expect(new Set(seen[0]!.map(({ commandId }) => commandId)).size).toBe(3);
    expect(
      seen[0]!.every(
        (command) =>
          command.causationId === ctx.command.commandId &&
          'expectedRevision' in command &&
          command.expectedRevision === undefined,
      ),
    ).toBe(true);
  });

  it('keeps the order of the items and lets no refusal stop another', async () => {
    const items = Array.from({ length: 100 }, (_, i) => i);
    const results = await runItems(items, ctx, async (item) => {
      await new Promise((done) => setImmediate(done));
      return item % 3 === 0 ? errors.refuse('lamp.broken') : outcome(item);
    });
    expect(results.map((result) => result.refusal?.code ?? result.outcome?.state)).toEqual(
      items.map((i) => (i % 3 === 0 ? 'lamp.broken' : i)),
    );
  });

  it('has a bounded number of items under way', async () => {
    let now = 0;
    let most = 0;
    await runItems(Array.from({ length: 200 }), ctx, async () => {
      most = Math.max(most, ++now);
      await new Promise((done) => setImmediate(done));
      now--;
      return outcome(1);
    });
    expect(most).toBe(32);
  });

  it('fails as a whole by what is no refusal', async () => {
    await expect(runItems([1], ctx, () => Promise.reject(new Error('a mistake')))).rejects.toThrow('a mistake');
  });
});

describe('the answer of a batch', () => {
  const refused: ItemResult<number> = { outcome: null, refusal: errors.error('lamp.broken') };
  const done = (number: number, replayed = false): ItemResult<number> => ({ outcome: outcome(number, replayed), refusal: null });

  it('carries the last position, and is a replay where all that was done was done before', () => {
    expect(batched([done(7), refused, done(3)], {}).parts).toMatchObject({ position: '00000000000000000007', replayed: false });
    expect(batched([done(7, true), refused], {}).parts).toMatchObject({ replayed: true });
    expect(batched([refused], {}).parts).toMatchObject({ replayed: false });
  });

  it('is not kept, so that a repeated request runs what was refused again', () => {
    expect(batched([refused], {}).parts).not.toHaveProperty('changed');
  });

  it('names a refusal by its code', () => {
    expect(refusalOf(refused.refusal)).toEqual({ code: 'lamp.broken', detail: 'The lamp is broken.' });
  });
});
