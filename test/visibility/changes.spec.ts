// Every case again after each change of places, groups, links and roles: what was acknowledged counts for the very next
// request. What differs from before is tried first.
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import type { RunningServer } from '../support/server.js';
import { CASES } from './cases.js';
import { CHANGES } from './changes.js';
import { expectedOf } from './expected.js';
import { tableOf } from './tables.js';
import { openWorld, type World } from './world.js';

const { rows } = tableOf('changes.md');

let server: RunningServer;
let world: World;
let tried = 0;
beforeAll(async () => {
  ({ server, world } = await openWorld());
}, 60_000);
afterAll(async () => {
  process.stdout.write(`visibility: ${tried} cells tried after changes\n`);
  await server.dispose();
});

describe('what somebody may do after a change', () => {
  const before = new Map<string, Readonly<Record<string, boolean>>>();

  it('is expected of every change, and every change is made', () => {
    expect(rows.map(([change, who]) => `${who}: ${change}`)).toEqual(Object.keys(CHANGES));
  });

  it.each(rows)('%s (%s)', async (change, who = '', as = '', and = '') => {
    const expected = expectedOf(as, and);
    const was = before.get(who) ?? expectedOf(who, '');
    const differs = (name: string) => was[name] !== expected[name];
    await CHANGES[`${who}: ${change}`]!(world);
    const found: Record<string, boolean> = {};
    for (const name of Object.keys(CASES).sort((a, b) => Number(differs(b)) - Number(differs(a)))) {
      found[name] = await CASES[name]!(world.people[who]!, world);
      tried++;
    }
    expect(found).toEqual(expected);
    before.set(who, expected);
  });
});
