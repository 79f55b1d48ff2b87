// What a license tells of the ways by which it is held and of the commands that may be given, held against the doors.
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import type { Somebody } from '#http/testing/signed-in.js';
import { ADA, BODIES, DESIGN, EVE, GLOBEX, INITECH, openFirm, type Firm, type Name } from './testing/firm.js';

let firm: Firm;
beforeAll(async () => {
  firm = await openFirm();
});
afterAll(() => firm.app.close());

const IN_GLOBEX = { organization: GLOBEX };
const IN_DESIGN = [{ id: DESIGN, organizationId: GLOBEX }];
const code = ({ status, json }: { status: number; json: { code?: string } }) => (status < 300 ? 'done' : json.code);

describe('the commands that a license allows', () => {
  const staff = { person: { id: EVE, staff: ['administrator'] } } as const;

  it.each<[string, object, (id: string) => Promise<unknown>, string[]]>([
    ['unused', {}, async () => undefined, []],
    ['suspended', {}, (id) => firm.app.ask('vendor', 'POST', `/v1/licenses/${id}/suspend`, {}), ['activate license.suspended']],
    [
      'revoked',
      {},
      (id) => firm.app.ask('vendor', 'POST', `/v1/licenses/${id}/revoke`, {}),
      [
        ...['suspend', 'resume', 'renew', 'set-expiry', 'change-owner', 'override-limits', 'activate'].map(
          (one) => `${one} license.revoked`,
        ),
      ],
    ],
    ['for ever', { duration: null }, async () => undefined, ['renew license.runs-for-ever']],
    ['full', { activations: 0 }, async () => undefined, ['activate license.activation-limit-reached']],
  ])('%s', async (_, terms, happens, refused) => {
    const { id } = await firm.app.issue(await firm.app.policy({ activations: 1, duration: 'P1Y', ...terms }));
    await happens(id);
    const { allowed } = (await firm.app.ask(staff, 'GET', `/v1/licenses/${id}`)).json;
    const no = allowed.filter((verdict: { allowed: boolean }) => !verdict.allowed);
    expect(no.map(({ command, reason }: { command: string; reason: { code: string } }) => `${command} ${reason.code}`)).toEqual(
      refused,
    );
    for (const { command, reason } of no) {
      const door = command === 'activate' ? 'activations' : command;
      const answer = await firm.app.ask(staff, 'POST', `/v1/licenses/${id}/${door}`, BODIES[command] ?? {});
      expect([command, answer.json.code, answer.json.detail]).toEqual([command, reason.code, reason.detail]);
    }
  });

  it('are told of the past too, and those of a token or a key by its own rights', async () => {
    const { id, key } = await firm.app.issue(firm.policy);
    const position = await firm.app.caughtUp();
    const before = (await firm.app.ask('vendor', 'GET', `/v1/licenses/${id}`)).json.allowed;
    await firm.app.ask('vendor', 'POST', `/v1/licenses/${id}/suspend`, { until: '2030-01-01T00:00:00.000Z' });
    expect((await firm.app.ask('vendor', 'GET', `/v1/licenses/${id}`)).json.allowed).not.toEqual(before);
    expect((await firm.app.ask('vendor', 'GET', `/v1/licenses/${id}?atPosition=${position}`)).json.allowed).toEqual(before);
    await firm.app.ask('vendor', 'POST', `/v1/licenses/${id}/resume`, {});
    const bound = (await firm.app.ask('globex', 'GET', `/v1/licenses/${id}`)).json;
    expect(bound.access).toEqual([
      { by: 'token', role: null, place: null, group: null, organization: { id: GLOBEX, name: 'Globex' } },
    ]);
    const { json } = await firm.app.ask({ key }, 'POST', '/v1/license/activations', { fingerprint: 'keyed' });
    const device = await firm.app.ask({ key }, 'GET', `/v1/license/activations/${json.id}`);
    expect(device.json).toMatchObject({ id: json.id, by: 'license-key', userId: null });
    expect(device.json.allowed.every(({ allowed }: { allowed: boolean }) => allowed)).toBe(true);
    await firm.app.ask({ key }, 'POST', `/v1/license/activations/${json.id}/deactivate`, {});
    const gone = await firm.app.ask({ key }, 'GET', `/v1/license/activations/${json.id}`);
    expect([gone.status, gone.json.code]).toEqual([404, 'activation.not-found']);
  });
});

describe('the ways by which a license is held', () => {
  const nothing = { role: null, place: null, group: null, organization: null };
  const globex = { id: GLOBEX, name: 'Globex' };
  const role = 'authorized-user';

  it.each<[string, Somebody, Name, object[]]>([
    ['a role of staff', { id: EVE, staff: ['support'] }, 'linked', [{ by: 'role', role: 'support' }]],
    ['his own', { id: ADA, roles: [role] }, 'of Ada', [{ by: 'own', role }]],
    [
      'his own in an organization',
      { id: ADA, memberships: [{ ...IN_GLOBEX, roles: [role] }] },
      'of Ada',
      [{ by: 'own', role, organization: globex }],
    ],
    [
      'a group',
      { id: ADA, roles: [role], memberships: [IN_GLOBEX], groups: IN_DESIGN },
      'linked',
      [{ by: 'group', role, group: { id: DESIGN, name: 'Design' }, organization: globex }],
    ],
    [
      'a place, a role and a group at once',
      {
        id: ADA,
        roles: [role],
        memberships: [{ ...IN_GLOBEX, place: 'secondary', roles: ['organization-administrator'] }],
        groups: IN_DESIGN,
      },
      'linked',
      [
        { by: 'group', role, group: { id: DESIGN, name: 'Design' }, organization: globex },
        { by: 'contact', place: 'secondary', organization: globex },
        { by: 'role', role: 'organization-administrator', organization: globex },
      ],
    ],
  ])('by %s', async (_, person, name, ways) => {
    const { access } = (await firm.app.ask({ person }, 'GET', `/v1/licenses/${firm.licenses[name].id}`)).json;
    expect(access).toEqual(ways.map((way) => ({ ...nothing, ...way })));
  });
});

describe('a link to a group', () => {
  const person = { id: ADA, roles: ['authorized-user'], memberships: [IN_GLOBEX], groups: IN_DESIGN } as const;

  it('ends with the link, and does not go along to another organization; activations stay', async () => {
    const { id } = await firm.app.issue(firm.policy);
    const path = `/v1/licenses/${id}`;
    await firm.link('linkLicense', id);
    const made = await firm.app.ask({ person }, 'POST', `${path}/activations`, { fingerprint: 'before' });
    expect(made.status).toBe(201);
    await firm.app.ask('vendor', 'POST', `${path}/change-owner`, { organizationId: INITECH });
    for (const [method, door] of [
      ['GET', path],
      ['POST', `${path}/activations/${made.json.id}/deactivate`],
    ] as const)
      expect(code(await firm.app.ask({ person }, method, door, method === 'POST' ? {} : undefined))).toBe('license.not-found');
    await firm.app.ask('vendor', 'POST', `${path}/change-owner`, { organizationId: GLOBEX });
    expect(code(await firm.app.ask({ person }, 'GET', path))).toBe('done');
    await firm.link('unlinkLicense', id);
    expect(code(await firm.app.ask({ person }, 'POST', `${path}/activations`, { fingerprint: 'after' }))).toBe(
      'license.not-found',
    );
    expect((await firm.app.ask('vendor', 'GET', path)).json.activations.used).toBe(1);
  });

  it('offers at the limit what he activated himself, and nothing of others', async () => {
    const { id } = await firm.app.issue(await firm.app.policy({ activations: 2 }));
    const path = `/v1/licenses/${id}/activations`;
    await firm.link('linkLicense', id);
    await firm.app.ask('vendor', 'POST', path, { fingerprint: 'of the firm' });
    const own = await firm.app.ask({ person }, 'POST', path, { fingerprint: 'his own' });
    const refused = await firm.app.ask({ person }, 'POST', path, { fingerprint: 'a third' });
    expect([refused.json.code, refused.json.releasable.map((one: { id: string }) => one.id)]).toEqual([
      'license.activation-limit-reached',
      [own.json.id],
    ]);
  });
});

describe('an explanation', () => {
  const asked = [
    ['explain-validation', {}],
    ['explain-activation', { fingerprint: 'one more' }],
    ['explain-deactivation', { activationId: '01j00000000000000000000999' }],
  ] as const;
  const user = { id: ADA, roles: ['authorized-user'], memberships: [IN_GLOBEX], groups: IN_DESIGN } as const;

  it.each<[string, Somebody, Name, string]>([
    ['the contact', { id: EVE, memberships: [{ ...IN_GLOBEX, place: 'primary' }] }, 'linked', 'done'],
    ['who owns the license', user, 'of Ada', 'done'],
    ['nobody who holds it by a group: its history is not his', user, 'linked', 'license.not-found'],
    [
      'nobody of another organization',
      { id: EVE, memberships: [{ organization: INITECH, place: 'primary' }] },
      'linked',
      'license.not-found',
    ],
  ])('is for %s', async (_, person, name, wanted) => {
    for (const [door, body] of asked) {
      const answer = await firm.app.ask({ person }, 'POST', `/v1/licenses/${firm.licenses[name].id}/${door}`, body);
      expect([door, code(answer)]).toEqual([door, wanted]);
    }
  });
});
