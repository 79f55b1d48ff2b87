import { describe, expect, it } from '@jest/globals';
import { ERASED } from '#kernel/fields.js';
import { TEST_ID } from '#kernel/testing/given.js';
import { folded, type Happening } from '#read-models/testing/folded.js';
import { mappingView } from './mapping.view.js';

const MAPPING = `${TEST_ID.slice(0, -1)}9`;
const at = (minute: number) => `2026-06-01T12:0${minute}:00.000Z`;
const contact = (type: string, minute: number, data: object = {}): Happening => ({ type, data, at: at(minute) });
/** Revisions count per stream: a mapping's events stand in another one than the contact's, under the same key. */
const mapping = (type: string, minute: number, data: object): Happening => ({ type, at: at(minute), id: MAPPING, data });
const named = { mappedId: MAPPING, kind: 'contact', externalId: 'P-4', version: '1' };
const added = contact('ContactAdded', 0);
const confirmed = (minute: number, revision: number) => mapping('MappingConfirmed', minute, { ...named, revision });
const received = (minute: number, from: number, revision: number) =>
  mapping('MappingUpdateReceived', minute, { ...named, from, revision });

/** All events under one key, each with the revision of its own stream. */
function told(...happened: readonly Happening[]) {
  const reducers = mappingView.on;
  let doc: unknown = null;
  const revisions = { thing: -1, mapping: -1 };
  for (const { type, data, at: occurredAt } of happened) {
    const stream = type.startsWith('Mapping') ? 'mapping' : 'thing';
    const event = { type, data, id: TEST_ID, meta: { occurredAt }, revision: (revisions[stream] += 1) };
    doc = reducers[type]!.evolve(doc as never, event as never, TEST_ID);
  }
  return doc;
}

describe('the view of mappings', () => {
  it('has whoever was added, pending until he is confirmed, and again once he changes', () => {
    const first = folded(mappingView, added);
    expect(first.doc()).toEqual({
      ...{ id: TEST_ID, kind: 'contact', externalId: null, version: null, state: 'pending', since: at(0) },
      ...{ revision: 0, confirmed: -1, known: [], conflict: null },
    });
    expect([first.index('kindAndState'), first.index('externalId')]).toEqual(['contact pending', null]);
    expect(told(added, confirmed(1, 0))).toMatchObject({ state: 'synchronized', since: at(1), externalId: 'P-4', confirmed: 0 });
    const renamed = [added, confirmed(1, 0), contact('ContactRenamed', 2)];
    expect(told(...renamed)).toMatchObject({ state: 'pending', since: at(2) });
    expect(told(...renamed, contact('ContactSuspended', 3), confirmed(4, 1))).toMatchObject({ state: 'pending', since: at(2) });
    expect(told(...renamed, confirmed(4, 1))).toMatchObject({ state: 'synchronized', since: at(4) });
  });

  it('has organizations, and their members’ coming and going as changes of them', () => {
    const seen = folded(mappingView, { type: 'OrganizationAdded', data: {} }, { type: 'MemberAdded', data: {} });
    expect(seen.doc()).toMatchObject({ kind: 'organization', revision: 1, state: 'pending' });
  });

  it('does not take for pending what came from the outside system', () => {
    const made = [received(0, -1, 1), contact('ContactAdded', 0), contact('ContactAccountSet', 0)];
    expect(told(...made)).toMatchObject({ state: 'synchronized', since: at(0), revision: 1 });
    const told1 = [added, confirmed(1, 0), received(2, 0, 1), contact('ContactRenamed', 2)];
    expect(told(...told1)).toMatchObject({ state: 'synchronized', since: at(1) });
    const while1 = [added, confirmed(1, 0), contact('ContactSuspended', 2), received(3, 1, 2), contact('ContactRenamed', 3)];
    expect(told(...while1)).toMatchObject({ state: 'pending', since: at(2), confirmed: 0 });
    expect(told(...while1, confirmed(4, 1))).toMatchObject({ state: 'synchronized', since: at(4), confirmed: 2, known: [] });
  });

  it('shows a conflict with theirs, until it is decided', () => {
    const theirs = { name: 'B' };
    const found = mapping('MappingConflictFound', 3, { ...named, version: '2', theirs });
    const open = [added, confirmed(1, 0), contact('ContactRenamed', 2), found];
    expect(told(...open)).toMatchObject({ state: 'conflict', since: at(3), conflict: { at: at(3), theirs }, version: '2' });
    const decided = (keep: string, span: object) => mapping('MappingConflictDecided', 4, { version: '2', keep, ...span });
    const ours = decided('ours', { from: null, revision: null });
    expect(told(...open, ours)).toMatchObject({ state: 'pending', since: at(4), conflict: null });
    const theirsWin = [decided('theirs', { from: 0, revision: 2 }), contact('ContactRenamed', 4)];
    expect(told(...open, ...theirsWin)).toMatchObject({ state: 'synchronized', since: at(4), confirmed: 2 });
    expect(folded(mappingView, ours).keys).toEqual([]);
  });

  it('forgets a mapping that ended, and whom the outside system never had once he is erased', () => {
    const ended = mapping('MappingEnded', 2, named);
    expect(told(added, confirmed(1, 0), ended)).toMatchObject({
      externalId: null,
      version: null,
      state: 'pending',
      since: at(2),
    });
    expect(folded(mappingView, ended).keys).toEqual([]);
    const gone = contact('PersonErased', 3);
    expect(told(added, gone)).toBeNull();
    expect(told(added, confirmed(1, 0), gone)).toMatchObject({ externalId: 'P-4', state: 'pending', since: at(3) });
  });

  it('is not found by an id that reads as erased', () => {
    const seen = folded(mappingView, mapping('MappingConfirmed', 0, { ...named, externalId: ERASED, revision: 0 }));
    expect(seen.index('externalId', MAPPING)).toBeNull();
  });
});
