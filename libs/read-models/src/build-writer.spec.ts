import { afterEach, beforeEach, describe, expect, it } from '@jest/globals';
import fc from 'fast-check';
import { START, type StoredEvent } from '#event-store/event-store.js';
import { BuildWriter, type EventLog, type ProjectionPorts } from './build-writer.js';
import type { Build, ReadStore } from './read-store.js';
import { at, buildOf, NOW } from './testing/plain-things.js';
import { breakage, decodeTallies, storedTallies, tallyView, type TallyEvent } from './testing/tallies.js';
import { temporaryReads, type TemporaryReads } from './testing/temporary-reads.js';

const FAR = '2099-01-01T00:00:00.000Z';
/** A log that is never read: these tests hand the events over themselves. */
const unread = {} as EventLog;

describe('a build', () => {
  let temporary: TemporaryReads;
  let reads: ReadStore;
  let ports: ProjectionPorts;
  const view = tallyView();

  beforeEach(() => {
    breakage.on = true;
    temporary = temporaryReads();
    reads = temporary.reads;
    ports = { reads, decode: decodeTallies, events: unread };
  });
  afterEach(() => temporary.dispose());

  async function fresh(partition = 0, partitions = 1): Promise<Build> {
    return buildOf(view, await reads.begin(view, partitions), partition, partitions);
  }
  async function writerOf(build: Build, owner = 'w'): Promise<BuildWriter> {
    return BuildWriter.open(build, (await reads.acquire(build, owner, NOW, FAR))!, ports);
  }
  const documentsOf = async ({ number }: Build) =>
    (await reads.scan(view.name, number, null, 1000)).map(({ tenant, key, text, position }) => [
      tenant,
      key,
      text,
      Number(position),
    ]);
  const quarantineOf = async ({ number }: Build) =>
    (await reads.quarantined(view.name, number)).map(({ key, position }) => [key, Number(position)]);

  async function foldAll(events: readonly StoredEvent[]): Promise<Build> {
    const build = await fresh();
    const writer = await writerOf(build);
    await writer.advance(events, events.at(-1)?.position ?? START, NOW, 'set-aside');
    return build;
  }

  const name = fc.constantFrom('a', 'b', 'c');
  const tenant = fc.constantFrom('acme', 'acme2');
  const happening: fc.Arbitrary<TallyEvent & { tenant: string }> = fc.oneof(
    {
      weight: 6,
      arbitrary: fc.record({ type: fc.constant('Counted' as const), tally: name, by: fc.integer({ min: -9, max: 9 }), tenant }),
    },
    { weight: 2, arbitrary: fc.record({ type: fc.constant('Copied' as const), tally: name, to: name, tenant }) },
    { weight: 1, arbitrary: fc.record({ type: fc.constantFrom('Cleared' as const, 'Unheard' as const), tally: name, tenant }) },
    { weight: 1, arbitrary: fc.record({ type: fc.constant('Broken' as const), tally: name, tenant }) },
  );
  const history = fc.array(happening, { maxLength: 40 }).map(storedTallies);

  it('comes out the same, byte for byte, however the log is cut into batches and wherever the projector dies', async () => {
    await fc.assert(
      fc.asyncProperty(
        history,
        fc.array(fc.record({ size: fc.integer({ min: 0, max: 7 }), crash: fc.boolean() }), { minLength: 1 }),
        async (events, cuts) => {
          const expected = await foldAll(events);
          const build = await fresh();
          let writer = await writerOf(build);
          let done = 0;
          for (let i = 0; done < events.length; i++) {
            const { size, crash } = cuts[i % cuts.length]!;
            const batch = events.slice(done, done + size + (i % 2));
            if (batch.length === 0) continue;
            if (crash) writer = await writerOf(build);
            // What was seen before comes along again, as after a crash between writing and remembering.
            const again = events.slice(Math.max(0, done - 2), done);
            expect(await writer.advance([...again, ...batch], batch.at(-1)!.position, NOW, 'set-aside')).toBe(true);
            done += batch.length;
          }
          expect(await documentsOf(build)).toEqual(await documentsOf(expected));
          expect(await quarantineOf(build)).toEqual(await quarantineOf(expected));
        },
      ),
      { numRuns: 60 },
    );
  });

  it('in partitions holds together what one without partitions holds', async () => {
    await fc.assert(
      fc.asyncProperty(history, async (events) => {
        const whole = await documentsOf(await foldAll(events));
        const number = await reads.begin(view, 3);
        for (let partition = 0; partition < 3; partition++) {
          const writer = await writerOf(buildOf(view, number, partition, 3));
          await writer.advance(events, events.at(-1)?.position ?? START, NOW, 'set-aside');
        }
        expect(await documentsOf(buildOf(view, number))).toEqual(whole);
      }),
      { numRuns: 20 },
    );
  });

  it('is never corrupted by two projectors that both believe they own it', async () => {
    await fc.assert(
      fc.asyncProperty(
        history,
        fc.array(
          fc.record({ who: fc.integer({ min: 0, max: 1 }), size: fc.integer({ min: 1, max: 5 }), takeOver: fc.boolean() }),
          { maxLength: 30 },
        ),
        async (events, turns) => {
          const expected = await foldAll(events);
          const build = await fresh();
          const writers = [await writerOf(build, 'x')];
          await reads.release(build, 'x');
          writers.push(await writerOf(build, 'y'));
          const step = async (writer: BuildWriter, size: number) => {
            const rest = events.filter((event) => event.position > writer.checkpoint.position).slice(0, size);
            return rest.length === 0 || writer.advance(rest, rest.at(-1)!.position, NOW, 'set-aside');
          };
          let owner = 1;
          for (const { who, size, takeOver } of turns) {
            if (takeOver && who !== owner) {
              await reads.release(build, 'xy'[owner]!);
              owner = who;
              writers[who] = await writerOf(build, 'xy'[who]);
            }
            const before = await reads.checkpoint(build);
            const kept = await step(writers[who]!, size);
            if (!kept) expect(who).not.toBe(owner);
            if (who !== owner) expect(await reads.checkpoint(build)).toEqual(before);
          }
          const last = await writerOf(build, 'xy'[owner]);
          while (last.checkpoint.position < (events.at(-1)?.position ?? START)) expect(await step(last, 5)).toBe(true);
          expect(await documentsOf(build)).toEqual(await documentsOf(expected));
        },
      ),
      { numRuns: 40 },
    );
  });

  it('moves its checkpoint over events that are not for it', async () => {
    const build = await fresh();
    const writer = await writerOf(build);
    await writer.advance(storedTallies([{ type: 'Unheard', tally: 'a' }]), at(3), NOW, 'set-aside');
    await writer.advance([], at(9), NOW, 'set-aside');
    expect((await reads.checkpoint(build)).position).toBe(at(9));
    expect(await documentsOf(build)).toEqual([]);
  });

  it('counts as done an apply whose answer got lost', async () => {
    const build = await fresh();
    const writer = await writerOf(build);
    let lost = false;
    const apply = reads.apply.bind(reads);
    reads.apply = async (...all) => {
      const answer = await apply(...all);
      if (lost) return answer;
      lost = true;
      throw new Error('connection lost');
    };
    const events = storedTallies([{ type: 'Counted', tally: 'a', by: 2 }]);
    await expect(writer.advance(events, at(3), NOW, 'set-aside')).rejects.toThrow('connection lost');
    expect(await writer.advance(events, at(3), NOW, 'set-aside')).toBe(true);
    expect(await documentsOf(build)).toEqual([['acme', 'a', '{"from":null,"steps":["0:2"],"sum":2}', 3]]);
  });

  describe('with an event that the view cannot digest', () => {
    const poisoned = storedTallies([
      { type: 'Counted', tally: 'a', by: 1 },
      { type: 'Broken', tally: 'a' },
      { type: 'Counted', tally: 'a', by: 2 },
      { type: 'Counted', tally: 'b', by: 5 },
    ]);

    it('sets that document aside in its last good state, and goes on with the others', async () => {
      const build = await foldAll(poisoned);
      expect(await documentsOf(build)).toEqual([
        ['acme', 'a', '{"from":null,"steps":["0:1"],"sum":1}', 3],
        ['acme', 'b', '{"from":null,"steps":["0:5"],"sum":5}', 12],
      ]);
      expect(await reads.quarantined(view.name, build.number)).toEqual([
        { tenant: 'acme', key: 'a', position: at(6), eventType: 'Broken', error: 'Error: broken on demand', since: NOW },
      ]);
      const later = await writerOf(build);
      await later.advance(
        storedTallies([...Array<TallyEvent>(4).fill({ type: 'Unheard', tally: 'z' }), { type: 'Counted', tally: 'a', by: 9 }]),
        at(15),
        NOW,
        'set-aside',
      );
      expect((await documentsOf(build))[0]).toEqual(['acme', 'a', '{"from":null,"steps":["0:1"],"sum":1}', 3]);
    });

    it('stops where the rule says so, with nothing moved and a sentence that says where', async () => {
      const build = await fresh();
      const writer = await writerOf(build);
      await expect(writer.advance(poisoned, at(12), NOW, 'stop')).rejects.toMatchObject({
        code: 'read.build-stopped',
        facts: { view: 'tallies', tenant: 'acme', key: 'a', position: at(6), eventType: 'Broken' },
      });
      expect((await reads.checkpoint(build)).position).toBe(START);
      expect(await documentsOf(build)).toEqual([]);
    });

    it('does not blame a reducer that threw only once', async () => {
      const { evolve } = view.on['Counted']!;
      let calls = 0;
      const flaky = tallyView(1, {
        on: {
          Counted: {
            evolve: (...all: Parameters<typeof evolve>) => {
              calls++;
              if (calls === 1) throw new Error('once');
              return evolve(...all);
            },
          },
        },
      });
      const build = { ...(await fresh()), view: flaky };
      await (await writerOf(build)).advance(poisoned.slice(0, 1), at(3), NOW, 'set-aside');
      expect(calls).toBe(2);
      expect(await quarantineOf(build)).toEqual([]);
      expect(await documentsOf(build)).toHaveLength(1);
    });

    it('blames the event whose documents cannot be named, under its stream, and an index that holds no value', async () => {
      const nameless = tallyView(1, { on: { ...view.on, Copied: { ...view.on['Copied']!, keys: () => { throw new Error('no names'); } } } }); // prettier-ignore
      const build = { ...(await fresh()), view: nameless };
      const writer = await writerOf(build);
      await writer.advance(
        storedTallies([
          { type: 'Counted', tally: 'a', by: 1 },
          { type: 'Copied', tally: 'a', to: 'b' },
        ]),
        at(6),
        NOW,
        'set-aside',
      );
      expect(await quarantineOf(build)).toEqual([['a', 6]]);
      expect((await documentsOf(build)).map(([, key]) => key)).toEqual(['a']);

      const unsortable = tallyView(1, {
        indexes: { ...view.indexes, sum: { one: (doc) => (doc.sum > 1 ? (undefined as never) : doc.sum) } },
      });
      const second = { ...(await fresh()), view: unsortable };
      await (
        await writerOf(second)
      ).advance(
        storedTallies([
          { type: 'Counted', tally: 'a', by: 1 },
          { type: 'Counted', tally: 'a', by: 1 },
        ]),
        at(6),
        NOW,
        'set-aside',
      );
      expect(await quarantineOf(second)).toEqual([['a', 6]]);
      expect((await documentsOf(second))[0]![3]).toBe(3);
    });
  });
});
