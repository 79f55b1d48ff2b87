import { describe, expect, it } from '@jest/globals';
import { TEST_ID } from '#kernel/testing/given.js';
import type { View } from '../view.js';
import { folded } from './folded.js';

type Doc = { readonly count: number; readonly last?: number };

const view: View<Doc> = {
  name: 'counts',
  version: 1,
  about: 'Counts.',
  categories: ['count'],
  indexes: { count: { one: (doc) => doc.count } },
  lists: [],
  on: { Counted: { evolve: (doc) => ({ count: (doc?.count ?? 0) + 1 }) } },
};
const counted = { type: 'Counted', data: {} };
const reducing = (evolve: View<Doc>['on'][string]['evolve'], more: Partial<View<Doc>> = {}): View<Doc> => ({
  ...view,
  ...more,
  on: { Counted: { evolve } },
});

describe('a view in a test', () => {
  it('is folded as a projector folds it', () => {
    const seen = folded(view, counted, counted, { ...counted, id: 'other' });
    expect([seen.doc(), seen.doc('other'), seen.index('count')]).toEqual([{ count: 2 }, { count: 1 }, 2]);
    expect(seen.keys).toEqual([TEST_ID, 'other'].sort());
  });

  it('fails where a reducer changes what it was given', () => {
    const mutating = reducing((doc) => (doc ? Object.assign(doc, { count: doc.count + 1 }) : { count: 1 }));
    expect(() => folded(mutating, counted, counted)).toThrow(TypeError);
  });

  it('fails where the documents depend on how events are cut into batches', () => {
    let memory = 0;
    expect(() =>
      folded(
        reducing(() => ({ count: ++memory })),
        counted,
        counted,
      ),
    ).toThrow('in one batch');
  });

  it('fails where an index or JSON cannot hold what comes out', () => {
    expect(() =>
      folded(
        reducing(() => ({ count: 1, last: undefined })),
        counted,
      ),
    ).toThrow('JSON cannot hold');
    const unsortable = reducing(() => ({ count: 1 }), { indexes: { count: { one: () => true as never } } });
    expect(() => folded(unsortable, counted)).toThrow('is no text and no number');
  });
});
