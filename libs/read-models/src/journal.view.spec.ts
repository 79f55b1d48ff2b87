import { describe, expect, it } from '@jest/globals';
import { defineEvents, event } from '#kernel/events.js';
import { TEST_ID, testContext } from '#kernel/testing/given.js';
import { z } from 'zod';
import { journalOf } from './journal.view.js';
import { folded } from './testing/folded.js';

const kept = event({ schema: 1, about: '', data: z.strictObject({ name: z.string() }) });
const journal = journalOf([{ category: 'thing', events: defineEvents({ ThingAdded: kept, ThingRenamed: kept }) }]);
const first = '00000000000000000001';
const second = '00000000000000000002';

const happened = [
  { type: 'ThingAdded', data: { name: 'Ada' }, at: '2026-01-01T00:00:00.000Z' },
  { type: 'ThingRenamed', data: { name: 'Bob' }, at: '2026-01-02T00:00:00.000Z' },
] as const;

describe('the journal', () => {
  it('has one document per event, under its position, and nothing of its payload', () => {
    const seen = folded(journal, ...happened);
    expect(seen.keys).toEqual([first, second]);
    expect(seen.doc(second)).toEqual({
      position: second,
      type: 'ThingRenamed',
      stream: `thing-${testContext.tenant}~${TEST_ID}`,
      revision: 1,
      organization: null,
      actor: testContext.actor,
      occurredAt: '2026-01-02T00:00:00.000Z',
    });
  });

  it('finds events by type, actor and organization', () => {
    const seen = folded(journal, ...happened);
    expect(seen.index('type', second)).toBe('ThingRenamed');
    expect(seen.index('actor', first)).toBe(testContext.actor);
    expect(seen.index('organization', first)).toBeNull();
  });

  it('leaves out what no source names', () => {
    expect(folded(journal, { type: 'ValueTaken', data: {} }).keys).toEqual([]);
  });
});
