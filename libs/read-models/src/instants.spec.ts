import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import fc from 'fast-check';
import { START } from '#event-store/event-store.js';
import { Instants } from './instants.js';
import { instantsOf } from './instants.view.js';
import { rebuildInto } from './rebuild-into.js';
import { ManualPace } from './testing/manual-pace.js';
import { decodeTallies, newTally } from './testing/tallies.js';
import { temporaryLog, type TemporaryLog } from './testing/temporary-log.js';
import { temporaryReads, type TemporaryReads } from './testing/temporary-reads.js';

const view = instantsOf([{ category: 'tally', events: { Counted: {} } as never }]);

/** Around the ends of a month, an hour and a second, and years apart. */
const instant = fc
  .record({
    base: fc.constantFrom('2026-01-31T23:59:59.990Z', '2026-02-01T00:00:00.000Z', '2031-07-01T12:00:00.000Z'),
    ms: fc.nat(2_500),
  })
  .map(({ base, ms }) => new Date(Date.parse(base) + ms).toISOString());

describe('instants and positions, whatever the clock did', () => {
  let log: TemporaryLog;
  let store: TemporaryReads;
  beforeAll(async () => void (log = await temporaryLog()));
  afterAll(() => log.dispose());

  /** Appends one event decided at each instant; answers their positions. */
  async function happenAt(instants: readonly string[]): Promise<string[]> {
    const positions: string[] = [];
    for (const occurredAt of instants) {
      const { metadata, ...event } = newTally('Counted', { by: 1 }, 'acme', crypto.randomUUID());
      const write = {
        stream: 'tally-acme~a',
        expected: 'any' as const,
        events: [{ ...event, metadata: { ...metadata, occurredAt } }],
      };
      positions.push((await log.events.append([write])).position);
    }
    return positions;
  }

  it('lead to each other as a walk through the log does', async () => {
    await fc.assert(
      fc.asyncProperty(
        fc.array(instant, { minLength: 1, maxLength: 12 }),
        fc.array(instant, { maxLength: 6 }),
        async (decided, asked) => {
          await log.dispose();
          log = await temporaryLog();
          const positions = await happenAt(decided);
          // Recorded at the latest instant that an event or any before it names.
          const recorded = decided.map((_, i) =>
            decided
              .slice(0, i + 1)
              .sort()
              .at(-1)!,
          );
          store = temporaryReads();
          await rebuildInto({ events: log.events, reads: store.reads, decode: decodeTallies }, [view], new ManualPace());
          const instants = new Instants(view, store.reads, log.events);
          for (const at of [...decided, ...asked]) {
            const count = recorded.filter((one) => one <= at).length;
            expect([at, await instants.recordedBy(at)]).toEqual([at, count === 0 ? START : positions[count - 1]]);
          }
          for (const [i, position] of positions.entries()) expect(await instants.recordedAt(position)).toBe(recorded[i]);
          expect(await instants.recordedAt(START)).toBeNull();
          await store.dispose();
        },
      ),
      { numRuns: 40 },
    );
  }, 120_000);
});
