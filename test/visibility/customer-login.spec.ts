// Which customers log in by each of the values of `customerLogin`, against the table of `matrix.md`: their sessions, and
// whether they get new ones. People of the vendor and license keys go on in any case.
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { browserOf } from '../support/browser.js';
import { clientOf } from '../support/client.js';
import type { RunningServer } from '../support/server.js';
import { tableOf } from './tables.js';
import { addressOf, CHOSEN, COLUMNS, openWorld, type World } from './world.js';

const { columns, rows } = tableOf('matrix.md', '## Who logs in');
const REFUSED: Readonly<Record<string, string>> = { contacts: 'login.contacts-only', off: 'login.off' };

let server: RunningServer;
let world: World;
let tried = 0;
beforeAll(async () => {
  ({ server, world } = await openWorld());
}, 60_000);
afterAll(async () => {
  process.stdout.write(`visibility: ${tried} cells of who logs in tried\n`);
  await server.dispose();
});

const set = (mode: string) => world.staff.done('/v1/tenant/set-customer-login', { mode });
const login = (column: string) =>
  browserOf(server.url, world.tenant).post('/v1/login', { email: addressOf(column), password: CHOSEN });

describe('customerLogin', () => {
  it('has an expectation for everybody', () => {
    expect(columns).toEqual(COLUMNS);
    expect(rows.map(([mode]) => mode)).toEqual(['users', 'contacts', 'off']);
  });

  // From wide to narrow: who is let in by one value has had his session through all that came before.
  it.each(rows.map(([mode, ...cells]) => [mode, cells] as const))(
    '%s: sessions go on or end at once, and new ones are begun or refused',
    async (mode, cells) => {
      await set(mode);
      for (const [index, column] of columns.entries()) {
        const isIn = cells[index] === 'yes';
        const { status } = await world.people[column]!.browser.get('/v1/me');
        expect([column, status]).toEqual([column, isIn ? 200 : 401]);
        tried++;
        if (column === 'without role') continue; // he has no password: `visibility.spec.ts` gives him one
        const answer = await login(column);
        const code = answer.body.code as string | undefined;
        expect([column, answer.status, code]).toEqual([column, isIn ? 200 : 403, isIn ? undefined : REFUSED[mode]]);
        tried++;
      }
    },
  );

  it('never stops what is asked by a license key', async () => {
    const { key } = await world.staff.done('/v1/licenses', {
      policyId: world.policyId,
      organizationId: world.organizationId,
    });
    await set('off');
    const holder = clientOf(server.url, { authorization: `License ${key}`, 'keyledger-tenant': world.tenant });
    expect((await holder.post('/v1/license/activations', { fingerprint: 'device-1' })).status).toBe(201);
    expect((await holder.post('/v1/license/validate', { fingerprint: 'device-1' })).body).toMatchObject({ valid: true });
  });
});
