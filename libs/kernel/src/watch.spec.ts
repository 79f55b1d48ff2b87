import { describe, expect, it } from '@jest/globals';
import { lastWriters, valueAt, Watch } from './watch.js';

interface State {
  readonly end: string | null;
  readonly stop: { readonly from: string; readonly until: string | null } | null;
  readonly used: number;
  readonly list: readonly number[];
  readonly blocked: Readonly<Record<string, string>>;
}
const state: State = { end: null, stop: { from: 'a', until: null }, used: 3, list: [1, 2], blocked: { 'x/y': 'z', b: 'c' } };

const readBy = (read: (watched: State) => unknown) => {
  const watch = new Watch();
  read(watch.of(state, '/of'));
  return Object.fromEntries(watch.take());
};

describe('a watched value', () => {
  it('notes what was read, as deep down as it was read, in order', () => {
    expect(readBy(({ stop, used }) => stop!.from === 'a' && used > 2)).toEqual({ '/of/stop/from': 'a', '/of/used': 3 });
    expect(readBy(({ stop }) => stop !== null)).toEqual({ '/of/stop': state.stop });
    expect(readBy(({ list }) => list.length)).toEqual({ '/of/list': [1, 2] });
  });

  it('notes what is not there, and names with slashes', () => {
    expect(readBy(({ blocked }) => blocked['n'])).toEqual({ '/of/blocked/n': undefined });
    expect(readBy(({ blocked }) => 'x/y' in blocked)).toEqual({ '/of/blocked/x~1y': 'z' });
    expect(readBy(({ blocked }) => Object.hasOwn(blocked, 'b'))).toEqual({ '/of/blocked/b': 'c' });
  });

  it('notes as one what is looked at as a whole', () => {
    expect(readBy(({ blocked }) => ({ ...blocked }))).toEqual({ '/of/blocked': state.blocked });
    expect(readBy(({ blocked }) => Object.values(blocked))).toEqual({ '/of/blocked': state.blocked });
  });

  it('is the same value every time, and what it was', () => {
    const watched = new Watch().of(state);
    expect(watched.stop).toBe(watched.stop);
    expect(watched).toEqual(state);
  });

  it('forgets what was taken', () => {
    const watch = new Watch();
    const watched = watch.of(state, '/of');
    expect([...watch.take().keys(), watched.used, ...watch.take().keys(), ...watch.take().keys()]).toEqual([3, '/of/used']);
  });
});

describe('the last writer of a value', () => {
  const events = [
    { set: { end: 'a', used: 0 } },
    { set: { used: 1 } },
    { set: { used: 1, end: 'a' } },
    { set: { stop: { from: 'b' } } },
  ];
  const step = (before: object, { set }: { set: object }) => ({ ...before, ...set });

  it('is the last event that changed it; none where no event did', () => {
    const writers = lastWriters(events, { used: 0 }, step, ['/end', '/used', '/stop/from', '/stop/until', '/list']);
    expect(Object.fromEntries(writers)).toEqual({ '/end': events[0], '/used': events[1], '/stop/from': events[3] });
  });

  it('stands at its pointer', () => {
    expect([valueAt(state, '/blocked/x~1y'), valueAt(state, '/stop/from/x'), valueAt(state, '')]).toEqual([
      'z',
      undefined,
      state,
    ]);
  });
});
