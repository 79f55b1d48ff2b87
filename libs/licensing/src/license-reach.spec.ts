// Who sees which licenses and manages which devices (licensing.md §2.10, §2.14), by the doors.
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { signedIn, type Somebody } from '#http/testing/signed-in.js';
import { ADA, BOB, BODIES, DESIGN, EVE, GLOBEX, INITECH, NAMES, openFirm, type Firm, type Name } from './testing/firm.js';

let firm: Firm;
beforeAll(async () => {
  firm = await openFirm();
});
afterAll(() => firm.app.close());

const IN_GLOBEX = { organization: GLOBEX };
const IN_DESIGN = [{ id: DESIGN, organizationId: GLOBEX }];

/** `devices`: manages all of them; `own devices`: those that he activated himself; `releases`: no more than that. */
type Held = 'devices' | 'own devices' | 'releases';
type Row = [string, Somebody, Partial<Record<Name, Held>>];
const IN_FIRM = { 'whole firm': 'devices', 'of Ada': 'devices', linked: 'devices' } as const;
const AS_USER = { 'of Ada': 'devices', linked: 'own devices' } as const;

const people: Row[] = [
  ['an administrator', { id: EVE, staff: ['administrator'] }, { ...IN_FIRM, foreign: 'devices', 'of Bob': 'devices' }],
  ['support', { id: EVE, staff: ['support'] }, Object.fromEntries(NAMES.map((name) => [name, 'releases']))],
  ['the primary contact', { id: EVE, memberships: [{ ...IN_GLOBEX, place: 'primary' }] }, IN_FIRM],
  ['the secondary contact', { id: EVE, memberships: [{ ...IN_GLOBEX, place: 'secondary' }] }, IN_FIRM],
  ['an organization administrator', { id: EVE, memberships: [{ ...IN_GLOBEX, roles: ['organization-administrator'] }] }, IN_FIRM],
  [
    'a customer representative',
    { id: ADA, memberships: [{ ...IN_GLOBEX, roles: ['customer-representative'] }], groups: IN_DESIGN },
    AS_USER,
  ],
  ['an authorized user', { id: ADA, roles: ['authorized-user'], memberships: [IN_GLOBEX], groups: IN_DESIGN }, AS_USER],
  [
    'an authorized user by membership',
    { id: ADA, memberships: [{ ...IN_GLOBEX, roles: ['authorized-user'] }], groups: IN_DESIGN },
    AS_USER,
  ],
  [
    'an authorized user without a group',
    { id: ADA, roles: ['authorized-user'], memberships: [IN_GLOBEX] },
    { 'of Ada': 'devices' },
  ],
  ['an authorized user without organization', { id: BOB, roles: ['authorized-user'] }, { 'of Bob': 'devices' }],
  [
    'an authorized user of another organization than the one in which a license is his',
    { id: ADA, memberships: [IN_GLOBEX, { organization: INITECH, roles: ['authorized-user'] }] },
    {},
  ],
  ['a member without a role', { id: ADA, memberships: [IN_GLOBEX], groups: IN_DESIGN }, {}],
  [
    'a contact of another organization',
    { id: EVE, memberships: [{ organization: INITECH, place: 'primary' }] },
    { foreign: 'devices' },
  ],
  [
    'a contact of two organizations',
    {
      id: EVE,
      memberships: [
        { ...IN_GLOBEX, place: 'primary' },
        { organization: INITECH, place: 'secondary' },
      ],
    },
    { ...IN_FIRM, foreign: 'devices' },
  ],
];

const code = ({ status, json }: { status: number; json: { code?: string } }) => (status < 300 ? 'done' : json.code);

describe.each(people)('%s', (_, person, held) => {
  const seen = NAMES.filter((name) => held[name] !== undefined);
  const ask = (method: 'GET' | 'POST', path: string, body?: unknown) => firm.app.ask({ person }, method, path, body);
  const noRights = signedIn(person).grants.length === 0;
  const hidden = noRights ? 'auth.forbidden' : 'license.not-found';

  it('lists, reads, finds by key and validates what is his, and nothing else', async () => {
    const listed = await ask('GET', '/v1/licenses');
    expect(noRights ? listed.status : new Set(listed.json.data.map(({ id }: { id: string }) => id))).toEqual(
      noRights ? 403 : new Set(seen.map((name) => firm.licenses[name].id)),
    );
    for (const name of NAMES) {
      const { id, key } = firm.licenses[name];
      const wanted = held[name] ? 'done' : hidden;
      const answers = {
        read: await ask('GET', `/v1/licenses/${id}`),
        lookup: await ask('POST', '/v1/licenses/lookup', { key }),
        devices: await ask('GET', `/v1/licenses/${id}/activations`),
        device: await ask('GET', `/v1/licenses/${id}/activations/${firm.device[name]}`),
        validate: await ask('POST', `/v1/licenses/${id}/validate`, {}),
      };
      for (const [door, answer] of Object.entries(answers)) expect([name, door, code(answer)]).toEqual([name, door, wanted]);
      const found = await ask('POST', '/v1/devices/lookup', { fingerprint: `machine of ${name}` });
      if (!noRights) expect(found.json.licenseIds).toEqual(held[name] ? [id] : []);
    }
  });

  it('narrows a list to one organization, and finds nothing in another’s', async () => {
    if (noRights) return;
    const { data } = (await ask('GET', `/v1/licenses?organizationId=${INITECH}`)).json;
    expect(data.map(({ id }: { id: string }) => id)).toEqual(held.foreign ? [firm.licenses.foreign.id] : []);
  });

  it.each(NAMES)('manages devices: %s', async (name) => {
    const path = `/v1/licenses/${firm.licenses[name].id}/activations`;
    const fingerprint = `${person.id} brings one`;
    const made = await ask('POST', path, { fingerprint });
    const mayActivate = held[name] === 'devices' || held[name] === 'own devices';
    const lacks = noRights || held[name] === 'releases';
    expect(code(made)).toBe(mayActivate ? 'done' : lacks ? 'auth.forbidden' : 'license.not-found');
    if (mayActivate) {
      const own = `${path}/${made.json.id}`;
      expect((await ask('GET', own)).json).toMatchObject({ by: 'user', userId: person.id });
      expect(code(await ask('POST', `${own}/name`, { name: 'Mine' }))).toBe('done');
      const replaced = await ask('POST', `${own}/replace`, { fingerprint: `${fingerprint} more` });
      expect(code(await ask('POST', `${path}/${replaced.json.id}/deactivate`, {}))).toBe('done');
    }
    const others = `${path}/${firm.device[name]}`;
    const denied = held[name] === 'own devices' ? 'activation.not-own' : hidden;
    const naming = held[name] === 'devices' ? 'done' : lacks ? 'auth.forbidden' : denied;
    expect(code(await ask('POST', `${others}/name`, { name: 'Somebody’s' }))).toBe(naming);
    const released = held[name] === 'devices' || held[name] === 'releases' ? 'done' : denied;
    expect(code(await ask('POST', `${others}/deactivate`, {}))).toBe(released);
    if (released === 'done') await firm.bring(name);
  });

  it('is told beforehand what each door answers', async () => {
    for (const name of seen) {
      const path = `/v1/licenses/${firm.licenses[name].id}`;
      const { allowed } = (await ask('GET', path)).json;
      const ofDevice = (await ask('GET', `${path}/activations/${firm.device[name]}`)).json.allowed;
      expect(allowed.map(({ command }: { command: string }) => command)).toHaveLength(13);
      for (const [verdicts, at] of [
        [allowed, path],
        [ofDevice, `${path}/activations/${firm.device[name]}`],
      ]) {
        for (const { command, allowed: may, reason } of verdicts) {
          if (may) continue;
          const door = command === 'activate' ? `${path}/activations` : `${at}/${command}`;
          const refused = await ask('POST', door, BODIES[command] ?? {});
          expect([command, refused.json.code, refused.json.detail]).toEqual([command, reason.code, reason.detail]);
        }
      }
      const given = allowed.filter((verdict: { allowed: boolean }) => verdict.allowed).length;
      expect(given).toBe(person.staff?.[0] === 'administrator' ? 13 : held[name] === 'releases' ? 0 : 1);
    }
  });
});
