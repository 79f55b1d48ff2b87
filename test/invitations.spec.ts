// Doors to invitations for who invites, over a real installation.
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { IdentityModule } from '#identity/identity.module.js';
import { BUILT_IN_ROLES, CONTACT_GRANTS } from '#kernel/permissions.js';
import { Outbox } from '#mail/outbox.js';
import { ContactController } from '#organizations/contact.http.js';
import { GroupController } from '#organizations/group.http.js';
import { MembershipController } from '#organizations/membership.http.js';
import { OrganizationController } from '#organizations/organization.http.js';
import { TenantController } from '#tenants/tenant.http.js';
import type { Client } from './support/client.js';
import { openDoors, rightsIn, type Doors } from './support/doors.js';
import { contactOf, createVendor, organizationOf } from './support/vendors.js';

const controllers = [ContactController, GroupController, MembershipController, OrganizationController, TenantController];
const MISSING = '01j00000000000000000000000';

let doors: Doors;
let vendor: Client;
let company: string;
let numbers = 0;

beforeAll(async () => {
  doors = await openDoors(...controllers, IdentityModule.with());
  vendor = doors.as();
  company = await createVendor(doors, 'acme');
  await vendor.done('/v1/tenant/set-customer-login', { mode: 'users' });
});
afterAll(() => doors.close());

interface Customer {
  readonly organization: string;
  readonly ada: string;
  readonly bob: string;
  readonly address: string;
}

/** An organization that is known well enough, with two members. */
async function customer(): Promise<Customer> {
  const address = `ada${++numbers}@globex.example`;
  const organization = await organizationOf(vendor, { company });
  const [ada, bob] = [await contactOf(vendor, { name: 'Ada Lovelace', email: address }), await contactOf(vendor)];
  for (const contactId of [ada, bob]) await vendor.done(`/v1/organizations/${organization}/members`, { contactId });
  return { organization, ada, bob, address };
}

/** Its primary contact, signed in. */
function contactPerson({ organization, bob }: Customer): Client {
  return doors.as({ person: { contactId: bob, organizations: [organization], rights: rightsIn(organization, CONTACT_GRANTS) } });
}

/** The letters to a contact, as they wait to be sent. */
async function lettersTo(contactId: string): Promise<{ to: string; text: string; hidden: string }[]> {
  const { records, keyring } = doors.installation;
  const outbox = new Outbox(records, keyring);
  const wanted = (mail: { contactId: string }) => mail.contactId === contactId;
  const mails = await outbox.list('acme', doors.clock.instant, { wanted, newestFirst: false, limit: 10 });
  const opened = await Promise.all(mails.map((mail) => outbox.opened('acme', mail)));
  return opened.map(({ content }) => ({ to: content!.to.address, text: content!.letter!.text, hidden: content!.hidden }));
}

const problem = async (client: Client, path: string, body?: object) => (await client.post(path, body)).body as unknown;

describe('an invitation of one contact', () => {
  it('is mailed to him, and its code is shown to nobody else', async () => {
    const { organization, ada, address } = await customer();
    const asked = {
      kind: 'single',
      contactId: ada,
      name: 'For Ada',
      message: 'See you there.',
      roles: ['customer-representative'],
    };
    const answer = await vendor.post('/v1/invitations', asked, { 'idempotency-key': 'for-ada' });
    expect([answer.status, answer.body]).toMatchObject([201, { code: null, link: null, expiresAt: '2026-06-15T12:00:00.000Z' }]);
    expect(answer.headers.get('location')).toBe(`/v1/invitations/${answer.body.id}`);
    const [letter, ...others] = await lettersTo(ada);
    expect(others).toEqual([]);
    expect(letter).toMatchObject({
      to: address,
      text: expect.stringMatching(/Ada Lovelace[^]*acme invites you[^]*See you there\./),
    });
    expect(letter!.text).toMatch(new RegExp(`/t/acme/invite#${answer.body.id}\\.[\\w-]{22}\n`));
    expect(letter!.hidden).not.toMatch(/\.[\w-]{22}/);
    const { id } = answer.body;
    const seen = await vendor.read(`/v1/invitations/${id}`);
    expect(seen).toMatchObject({
      ...{
        id,
        kind: 'single',
        name: 'For Ada',
        organizationId: organization,
        contactId: ada,
        roles: ['customer-representative'],
      },
      ...{ status: 'open', used: 0, redemptions: [], mailed: true, inviter: null, message: 'See you there.' },
    });
    expect(JSON.stringify(seen)).not.toContain(address);
  });

  it('asked for twice under one key is one invitation and one mail', async () => {
    const { ada } = await customer();
    const asked = { kind: 'single', contactId: ada, name: 'Once' };
    const ask = () => vendor.post('/v1/invitations', asked, { 'idempotency-key': `once-${ada}` });
    const [first, second] = [await ask(), await ask()];
    expect(second.body).toEqual(first.body);
    expect(await lettersTo(ada)).toHaveLength(1);
  });

  it('answers the code to who wants to hand it over himself, each time he asks under that key', async () => {
    const { ada } = await customer();
    const asked = { kind: 'single', contactId: ada, name: 'By hand', mail: false };
    const ask = () => vendor.post('/v1/invitations', asked, { 'idempotency-key': `hand-${ada}` });
    const { body } = await ask();
    expect(body).toMatchObject({ code: expect.stringMatching(/^[0-9a-z]{26}\.[\w-]{22}$/) });
    expect(body.link).toMatch(new RegExp(`^http://[^#]*/t/acme/invite#${body.code}$`));
    expect((await ask()).body).toEqual(body);
    expect(await lettersTo(ada)).toEqual([]);
    expect(await vendor.read(`/v1/invitations/${body.id}`)).toMatchObject({ mailed: false });
  });

  it('sent again has another code', async () => {
    const { ada } = await customer();
    const { id, code } = await vendor.done('/v1/invitations', { kind: 'single', contactId: ada, name: 'Twice', mail: false });
    const shown = await vendor.done(`/v1/invitations/${id}/resend`, { mail: false });
    expect(shown.code).not.toBe(code);
    expect(await vendor.done(`/v1/invitations/${id}/resend`)).toMatchObject({ code: null, link: null });
    expect(await lettersTo(ada)).toHaveLength(1);
    await vendor.done(`/v1/invitations/${id}/revoke`);
    expect(await problem(vendor, `/v1/invitations/${id}/resend`)).toMatchObject({ status: 409, code: 'invitation.revoked' });
  });

  it('needs to be told for which organization, where there are several', async () => {
    const [one, other] = [await customer(), await customer()];
    await vendor.done(`/v1/organizations/${other.organization}/members`, { contactId: one.ada });
    const asked = { kind: 'single', contactId: one.ada, name: 'Which' };
    expect(await problem(vendor, '/v1/invitations', asked)).toMatchObject({
      status: 422,
      code: 'invitation.organization-required',
    });
    const { id } = await vendor.done('/v1/invitations', { ...asked, organizationId: other.organization });
    expect(await vendor.read(`/v1/invitations/${id}`)).toMatchObject({ organizationId: other.organization });
    const { id: known } = await contactPerson(one).done('/v1/invitations', asked);
    expect(await vendor.read(`/v1/invitations/${known}`)).toMatchObject({ organizationId: one.organization, inviter: one.bob });
  });

  it('is refused for a contact that nobody knows', async () => {
    const asked = { kind: 'single', contactId: MISSING, name: 'Nobody' };
    expect(await problem(vendor, '/v1/invitations', asked)).toMatchObject({ status: 422, code: 'invitation.contact-unknown' });
  });
});

describe('an invitation of several', () => {
  it('answers its code, and gives groups of its own organization only', async () => {
    const [mine, other] = [await customer(), await customer()];
    const group = async (organizationId: string) => (await vendor.done('/v1/groups', { organizationId, name: 'Engineers' })).id;
    const [own, foreign] = [await group(mine.organization), await group(other.organization)];
    const asked = { kind: 'group', organizationId: mine.organization, name: 'Engineers', limit: 5 };
    const refused = { status: 422, code: 'invitation.group-unknown' };
    for (const id of [foreign, MISSING]) {
      expect(await problem(vendor, '/v1/invitations', { ...asked, groups: [own, id] })).toMatchObject({ ...refused, group: id });
    }
    const made = await vendor.done('/v1/invitations', { ...asked, groups: [own], domains: ['globex.example'] });
    expect(made).toMatchObject({ code: expect.any(String), link: expect.any(String) });
    expect(await vendor.read(`/v1/invitations/${made.id}`)).toMatchObject({
      groups: [own],
      limit: 5,
      domains: ['globex.example'],
    });
  });
});

describe('the people of an organization', () => {
  it('invite for it, and see and change only its invitations', async () => {
    const [mine, other] = [await customer(), await customer()];
    const boss = contactPerson(mine);
    const { id } = await boss.done('/v1/invitations', { kind: 'single', contactId: mine.ada, name: 'Mine' });
    const { id: foreign } = await vendor.done('/v1/invitations', { kind: 'single', contactId: other.ada, name: 'Theirs' });
    const ids = async (path: string) => ((await boss.read(path)).data as { id: string }[]).map((each) => each.id);
    expect(await ids('/v1/invitations')).toEqual([id]);
    expect(await ids(`/v1/invitations?organization=${other.organization}`)).toEqual([]);
    const answerTo = async (path: string, body?: object) => {
      const { status, body: said } = body ? await boss.post(path, body) : await boss.get(path);
      return { status, ...said, requestId: null, instance: null };
    };
    for (const [verb, body] of [[''], ['/resend', {}], ['/revoke', {}]] as const) {
      const answer = await answerTo(`/v1/invitations/${foreign}${verb}`, body);
      expect(answer).toMatchObject({ status: 404, code: 'invitation.not-found' });
      expect(answer).toEqual(await answerTo(`/v1/invitations/${MISSING}${verb}`, body));
    }
    await boss.done(`/v1/invitations/${id}/revoke`);
    expect(await boss.read(`/v1/invitations/${id}`)).toMatchObject({ status: 'revoked', revokedAt: doors.clock.instant });
  });

  it('do not learn whether contacts and organizations of others exist', async () => {
    const [mine, other] = [await customer(), await customer()];
    const boss = contactPerson(mine);
    const ask = async (more: object) =>
      (await boss.post('/v1/invitations', { kind: 'single', name: 'X', ...more })).body.code as string;
    for (const contactId of [other.ada, MISSING]) {
      expect(await ask({ contactId })).toBe('invitation.contact-unknown');
      expect(await ask({ contactId, organizationId: mine.organization })).toBe('invitation.not-member');
    }
    for (const organizationId of [other.organization, MISSING]) {
      expect(await ask({ contactId: mine.ada, organizationId })).toBe('invitation.organization-unknown');
    }
  });

  it('give no right that they have not', async () => {
    const mine = await customer();
    const rights = rightsIn(mine.organization, [{ permission: 'invitation.manage', scope: 'organization' }]);
    const clerk = doors.as({ person: { contactId: mine.bob, organizations: [mine.organization], rights } });
    const asked = { kind: 'single', contactId: mine.ada, name: 'More', roles: ['organization-administrator'] };
    expect(await problem(clerk, '/v1/invitations', asked)).toMatchObject({ status: 403, code: 'invitation.more-than-yours' });
    await contactPerson(mine).done('/v1/invitations', asked);
  });

  it('need the permission', async () => {
    const mine = await customer();
    const rights = rightsIn(mine.organization, BUILT_IN_ROLES['customer-representative'].grants);
    const user = doors.as({ person: { contactId: mine.bob, organizations: [mine.organization], rights } });
    expect((await user.get('/v1/invitations')).status).toBe(403);
    expect((await user.post('/v1/invitations', { kind: 'single', contactId: mine.ada, name: 'X' })).status).toBe(403);
  });
});

describe('the list', () => {
  it('finds by status at the moment, kind, contact and words', async () => {
    const { organization, ada, bob } = await customer();
    const invite = async (more: object): Promise<string> => (await vendor.done('/v1/invitations', { mail: false, ...more })).id;
    const soon = '2026-06-02T00:00:00Z';
    const open = await invite({ kind: 'single', contactId: ada, name: 'Open door' });
    const brief = await invite({ kind: 'single', contactId: bob, name: 'Brief', expiresAt: soon });
    const revoked = await invite({ kind: 'group', organizationId: organization, name: 'Crowd', limit: 3 });
    await vendor.done(`/v1/invitations/${revoked}/revoke`);
    const ids = async (query: string) => {
      const { data } = await vendor.read(`/v1/invitations?organization=${organization}&sort=name&${query}`);
      return (data as { id: string }[]).map(({ id }) => id);
    };
    expect(await ids('')).toEqual([brief, revoked, open]);
    expect(await ids('status=open')).toEqual([brief, open]);
    expect(await ids('status=revoked')).toEqual([revoked]);
    expect(await ids('kind=group')).toEqual([revoked]);
    expect(await ids(`contact=${bob}`)).toEqual([brief]);
    expect(await ids('q=door')).toEqual([open]);
    const now = doors.clock.instant;
    doors.clock.instant = soon.replace('Z', '.000Z');
    expect(await ids('status=expired')).toEqual([brief]);
    expect(await ids('status=open,revoked')).toEqual([revoked, open]);
    doors.clock.instant = now;
  });
});
