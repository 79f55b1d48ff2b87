// Who sees and does what, tried cell by cell against the matrix beside this file, by people who are logged in over HTTP.
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { readFileSync } from 'node:fs';
import { join, resolve } from 'node:path';
import { DIST, startServer, type RunningServer } from '../support/server.js';
import { CASES } from './cases.js';
import { populate, type World } from './people.js';

const text = readFileSync(resolve(join(DIST, '..', 'test/visibility/matrix.md')), 'utf8');
const cellsOf = (line: string) =>
  line
    .split('|')
    .slice(1, -1)
    .map((cell) => cell.trim());
const [[, ...columns], , ...rows] = text
  .split('\n')
  .filter((line) => line.startsWith('|'))
  .map(cellsOf) as [string[], ...string[][]];

let server: RunningServer;
let world: World;
let tried = 0;
beforeAll(async () => {
  server = await startServer({ env: { KEYLEDGER_RATE_LIMIT_ADDRESS: '100000', KEYLEDGER_RATE_LIMIT_CREDENTIAL: '100000' } });
  world = await populate(server);
}, 60_000);
afterAll(async () => {
  process.stdout.write(`visibility: ${tried} cells tried\n`);
  await server.dispose();
});

describe('the matrix of visibility', () => {
  it('has a case for each row, a person for each column, and an expectation in each cell', () => {
    expect(rows.map(([name]) => name)).toEqual(Object.keys(CASES));
    expect(columns).toEqual(Object.keys(world.people));
    for (const [, ...cells] of rows) {
      expect(cells.filter((cell) => cell !== 'yes' && cell !== 'no')).toEqual([]);
      expect(cells).toHaveLength(columns.length);
    }
  });

  it.each(rows.map(([name, ...cells]) => [name!, cells] as const))('%s', async (name, cells) => {
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
    const answer = await browser.post('/v1/login', { email: 'without-role@example.com', password: 'a tin whistle for bees' });
    expect([answer.status, answer.body.code]).toEqual([403, 'login.no-role']);
  });
});
