// Who sees and does what, tried cell by cell against the matrix beside this file, by people who are logged in over HTTP.
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import type { RunningServer } from '../support/server.js';
import { CASES } from './cases.js';
import { tableOf } from './tables.js';
import { addressOf, COLUMNS, openWorld, type World } from './world.js';

const { columns, rows } = tableOf('matrix.md');
/** Without the contact of another organization, whose own is the "other" one of the cases. */
const CUSTOMERS = COLUMNS.filter((name) => !['administrator', 'support', 'another organization'].includes(name));

let server: RunningServer;
let world: World;
let tried = 0;
beforeAll(async () => {
  ({ server, world } = await openWorld());
}, 60_000);
afterAll(async () => {
  process.stdout.write(`visibility: ${tried} cells tried\n`);
  await server.dispose();
});

describe('the matrix of visibility', () => {
  it('has a case for each row, a person for each column, and an expectation in each cell', () => {
    expect(rows.map(([name]) => name)).toEqual(Object.keys(CASES));
    expect(columns).toEqual(COLUMNS);
    for (const [, ...cells] of rows) {
      expect(cells.filter((cell) => cell !== 'yes' && cell !== 'no')).toEqual([]);
      expect(cells).toHaveLength(columns.length);
    }
  });

  it('has somebody in each row who can do it', () => {
    for (const [name, ...cells] of rows) expect([name, cells]).toEqual([name, expect.arrayContaining(['yes'])]);
  });

  it.each(tableOf('matrix.md', '## What the login of a customer loses').rows)(
    'leaves nothing of it to any customer: %s',
    (_lost, cases) => {
      const lost = cases.split(';').map((name) => name.trim());
      expect(lost.filter((name) => !Object.hasOwn(CASES, name))).toEqual([]);
      for (const [name, ...cells] of rows.filter(([row]) => lost.includes(row)))
        for (const customer of CUSTOMERS)
          expect([name, customer, cells[columns.indexOf(customer)]]).toEqual([name, customer, 'no']);
    },
  );

  it.each(rows.map(([name, ...cells]) => [name, cells] as const))('%s', async (name, cells) => {
    const found = [];
    for (const column of columns) {
      found.push((await CASES[name]!(world.people[column]!, world)) ? 'yes' : 'no');
      tried++;
    }
    const by = (answers: readonly string[]) => Object.fromEntries(columns.map((column, index) => [column, answers[index]]));
    expect(by(found)).toEqual(by(cells));
  });

  it('lets nobody in who has neither a place nor a role', async () => {
    const { id, browser } = world.people['without role']!;
    await world.staff.done(`/v1/users/${id}/set-password`, { password: 'a tin whistle for bees' });
    const answer = await browser.post('/v1/login', {
      email: addressOf('without role'),
      password: 'a tin whistle for bees',
    });
    expect([answer.status, answer.body.code]).toEqual([403, 'login.no-role']);
  });
});
