import { beforeEach, describe, expect, it } from '@jest/globals';
import { foldDocument, touchedBy } from './fold-batch.js';
import { at, buildOf } from './testing/plain-things.js';
import { breakage, decodeTallies, storedTallies, tallyView, type TallyEvent } from './testing/tallies.js';

const view = tallyView();

async function touched(events: readonly TallyEvent[]) {
  return touchedBy(buildOf(view), await decodeTallies(storedTallies(events))).get('acme\u0000a')!;
}

describe('a document that a store holds ahead of the checkpoint', () => {
  beforeEach(() => {
    breakage.on = true;
  });
  const counted: TallyEvent = { type: 'Counted', tally: 'a', by: 1 };

  it('takes only the events after its own position', async () => {
    const text = '{"from":null,"steps":["0:1"],"sum":1}';
    const { change } = foldDocument(view, await touched([counted, counted]), { tenant: 'acme', key: 'a', text, position: at(3) });
    expect(change).toMatchObject({
      loaded: at(3),
      position: at(6),
      content: { text: '{"from":null,"steps":["0:1","1:1"],"sum":2}' },
    });
    const { change: none } = foldDocument(view, await touched([counted]), { tenant: 'acme', key: 'a', text, position: at(3) });
    expect(none).toBeNull();
  });

  it('stays removed where a batch from before its removal is seen again', async () => {
    const removed = { tenant: 'acme', key: 'a', text: null, position: at(6) };
    expect(foldDocument(view, await touched([counted, { type: 'Cleared', tally: 'a' }]), removed).change).toBeNull();
  });

  it('is not set aside again for an event that it is past', async () => {
    const past = { tenant: 'acme', key: 'a', text: null, position: at(6) };
    expect(foldDocument(view, await touched([{ type: 'Broken', tally: 'a' }]), past).poison).toBeNull();
  });
});
