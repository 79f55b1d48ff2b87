// A CRM beside the built server: it is stopped, it begins again from the start, it disagrees, and the server is killed meanwhile.
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import type { Body, Client } from './support/client.js';
import { OutsideSystem, type Card } from './support/outside-system.js';
import { startServer, temporaryFolder, type RunningServer } from './support/server.js';
import { rmSync } from 'node:fs';
import { firstVendor, type Vendor } from './support/vendor.js';

const RIGHTS = ['event.read', 'contact.read', 'mapping.read', 'mapping.synchronize'];
const START = '0'.repeat(20);

let folder: string;
let server: RunningServer;
let vendor: Vendor;
let staff: Client;
let crm: OutsideSystem;

beforeAll(async () => {
  folder = temporaryFolder();
  server = await startServer({ folder });
  vendor = await firstVendor(server);
  ({ staff } = vendor);
  await staff.done('/v1/tenant/set-customer-login', { mode: 'users' });
  await staff.done('/v1/tenant/set-contact-mapping', { system: 'Acme CRM', requiredToInvite: true });
  const grants = RIGHTS.map((permission) => ({ permission, scope: 'tenant' }));
  const { secret } = await staff.done('/v1/tokens', { name: 'CRM', grants });
  crm = new OutsideSystem(vendor.bearer(secret), 'CRM');
});
afterAll(async () => {
  await server.end('SIGKILL');
  rmSync(folder, { recursive: true, force: true });
});

/** Runs the CRM until it has nothing more to send and to read. */
async function crmRuns(): Promise<void> {
  do await crm.send();
  while (await crm.read());
}

const addContact = async (name: string): Promise<string> =>
  (await staff.done('/v1/contacts', { name, email: `${name.toLowerCase()}@globex.example` })).id;
const contact = (id: string): Promise<Body> => staff.read(`/v1/contacts/${id}`);
const cardOf = (id: string): Card => [...crm.cards.values()].find((card) => card.id === id)!;
const counts = async (): Promise<Body> => (await staff.read('/v1/mappings/counts')).contact;

describe('a CRM', () => {
  let ada: string;
  let bob: Card;

  it('has whom the vendor adds, and the vendor has whom it adds', async () => {
    ada = await addContact('Ada');
    expect((await contact(ada)).mapping).toMatchObject({ state: 'pending', externalId: null });
    bob = crm.add('Bob', 'bob@globex.example');
    await crmRuns();
    expect(cardOf(ada)).toMatchObject({ name: 'Ada', email: 'ada@globex.example' });
    expect(await contact(bob.id!)).toMatchObject({ name: 'Bob', mapping: { state: 'synchronized', externalId: bob.externalId } });
    expect(await counts()).toEqual({ pending: 0, synchronized: 2, conflict: 0 });
  });

  it('that was stopped has everything when it runs again, the server having been killed meanwhile', async () => {
    await staff.done(`/v1/contacts/${ada}/rename`, { name: 'Ada King' });
    const eve = await addContact('Eve');
    crm.edit(bob, { name: 'Robert' });
    expect(await counts()).toEqual({ pending: 2, synchronized: 1, conflict: 0 });
    await server.end('SIGKILL');
    server = await startServer({ folder, env: { KEYLEDGER_PORT: new URL(server.url).port } });
    await crmRuns();
    expect([cardOf(ada).name, cardOf(eve).name, (await contact(bob.id!)).name]).toEqual(['Ada King', 'Eve', 'Robert']);
    expect(await counts()).toEqual({ pending: 0, synchronized: 3, conflict: 0 });
  });

  it('that begins again from the start, and sends everything again, changes nothing', async () => {
    const everything = async () => [await staff.read('/v1/contacts'), await staff.read('/v1/mappings')].map(({ data }) => data);
    const before = await everything();
    const cards = structuredClone([...crm.cards.values()]);
    crm.replay(START);
    await crmRuns();
    expect(await everything()).toEqual(before);
    expect([...crm.cards.values()]).toEqual(cards);
  });

  it('that lost its answer does not make a person twice', async () => {
    const mae = await addContact('Mae');
    await crm.read();
    delete cardOf(mae).id; // it crashed before it noted it
    crm.replay(START);
    await crmRuns();
    expect([...crm.cards.values()].filter(({ name }) => name === 'Mae')).toHaveLength(1);
    expect((await staff.read('/v1/contacts?q=mae')).data).toHaveLength(1);
  });

  it.each([
    ['ours', 'Ada Ours'],
    ['theirs', 'Ada Theirs'],
  ])('that disagrees overwrites nothing, and takes what a person decides: %s', async (keep, wins) => {
    await staff.done(`/v1/contacts/${ada}/rename`, { name: 'Ada Ours' });
    crm.edit(cardOf(ada), { name: 'Ada Theirs' });
    await crmRuns();
    expect(await counts()).toMatchObject({ conflict: 1 });
    expect([(await contact(ada)).name, cardOf(ada).name]).toEqual(['Ada Ours', 'Ada Theirs']);
    const { conflict } = (await staff.read('/v1/mappings?state=conflict')).data[0];
    expect([conflict.ours.name, conflict.theirs.name]).toEqual(['Ada Ours', 'Ada Theirs']);
    crm.replay(START);
    await crmRuns(); // asking again decides nothing
    expect(await counts()).toMatchObject({ conflict: 1 });
    await staff.done(`/v1/mappings/${ada}/resolve`, { keep });
    await crmRuns();
    expect([(await contact(ada)).name, cardOf(ada).name]).toEqual([wins, wins]);
    expect(await counts()).toMatchObject({ conflict: 0, pending: 0 });
    await staff.done(`/v1/contacts/${ada}/rename`, { name: 'Ada' });
    await crmRuns();
  });

  it('must have a contact before he is invited, where the vendor requires that', async () => {
    const { organizationId } = vendor;
    const zoe = await addContact('Zoe');
    await staff.done(`/v1/organizations/${organizationId}/members`, { contactId: zoe });
    const invite = () => staff.post('/v1/invitations', { kind: 'single', contactId: zoe, organizationId, name: 'Zoe' });
    expect((await invite()).body).toMatchObject({ status: 409, code: 'invitation.not-synchronized' });
    await crmRuns();
    expect((await invite()).status).toBe(201);
  });

  it('is told who is put away or erased, and can change him no more', async () => {
    await staff.done(`/v1/contacts/${bob.id}/archive`);
    crm.edit(bob, { name: 'Bobby' });
    await crmRuns();
    expect([bob.gone, (await contact(bob.id!)).name]).toEqual([true, 'Robert']);
    await staff.done(`/v1/contacts/${bob.id}/erase`);
    expect((await contact(bob.id!)).mapping).toMatchObject({ state: 'pending', externalId: '\u0000erased' });
    await crmRuns();
    expect(await counts()).toMatchObject({ pending: 0, conflict: 0 });
  });
});
