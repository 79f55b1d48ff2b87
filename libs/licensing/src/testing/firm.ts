// A firm with licenses of every kind of holder, and its people: who sees and manages what is tried on it.
import { testContext } from '#kernel/testing/given.js';
import { contact } from '#organizations/contact.js';
import { group } from '#organizations/group.js';
import { organization } from '#organizations/organization.js';
import { licensingApp, type LicensingApp } from './licensing-app.js';

export const GLOBEX = '01j00000000000000000000002';
export const INITECH = '01j00000000000000000000003';
/** Members of globex; Bob belongs to no organization. */
export const ADA = '01j00000000000000000000004';
export const EVE = '01j00000000000000000000101';
export const BOB = '01j00000000000000000000100';
/** A group of globex that Ada and Eve are in. */
export const DESIGN = '01j00000000000000000000102';
const SALES = '01j00000000000000000000103';

export type Name = 'whole firm' | 'of Ada' | 'linked' | 'foreign' | 'of Bob';
const OWNERS: Record<Name, object> = {
  'whole firm': { organizationId: GLOBEX },
  'of Ada': { organizationId: GLOBEX, contactId: ADA },
  linked: { organizationId: GLOBEX },
  foreign: { organizationId: INITECH },
  'of Bob': { contactId: BOB },
};
export const NAMES = Object.keys(OWNERS) as Name[];

export interface Firm {
  readonly app: LicensingApp;
  readonly policy: string;
  readonly licenses: Readonly<Record<Name, { readonly id: string; readonly key: string }>>;
  /** The device on each license that a token of the vendor activated. */
  readonly device: Record<Name, string>;
  /** Activates such a device again. */
  bring(name: Name): Promise<void>;
  /** Links a license to the group, or ends that. */
  link(command: 'linkLicense' | 'unlinkLicense', licenseId: string): Promise<unknown>;
}

export async function openFirm(): Promise<Firm> {
  const app = await licensingApp();
  let commands = 0;
  const ctx = () => ({ ...testContext, commandId: `0190a000-0000-7000-8000-${String(++commands).padStart(12, '0')}` });
  const { executor, ask } = app;
  const formGroup = async (id: string, name: string, members: readonly string[], linked: readonly string[]) => {
    await executor.execute(group, id, 'create', { organizationId: GLOBEX, name }, ctx());
    for (const contactId of members) await executor.execute(group, id, 'addMember', { contactId }, ctx());
    for (const licenseId of linked) await executor.execute(group, id, 'linkLicense', { licenseId }, ctx());
  };
  await executor.execute(contact, BOB, 'add', { name: 'Bob', email: 'bob@example.com' }, ctx());
  await executor.execute(contact, EVE, 'add', { name: 'Eve', email: 'eve@example.com' }, ctx());
  await executor.execute(organization, GLOBEX, 'addMember', { contactId: EVE }, ctx());
  const policy = await app.policy({ activations: 3, duration: 'P1Y' });
  const licenses = {} as Record<Name, { id: string; key: string }>;
  const device = {} as Record<Name, string>;
  const bring = async (name: Name) => {
    const path = `/v1/licenses/${licenses[name].id}/activations`;
    device[name] = (await ask('vendor', 'POST', path, { fingerprint: `machine of ${name}` })).json.id;
  };
  for (const name of NAMES) {
    licenses[name] = (await ask('vendor', 'POST', '/v1/licenses', { policyId: policy, ...OWNERS[name] })).json;
    await bring(name);
  }
  await formGroup(DESIGN, 'Design', [ADA, EVE], [licenses.linked.id]);
  await formGroup(SALES, 'Sales', [], [licenses['whole firm'].id]);
  const link: Firm['link'] = (command, licenseId) => executor.execute(group, DESIGN, command, { licenseId }, ctx());
  return { app, policy, licenses, device, bring, link };
}

/** What the doors of a license's commands take where nothing is wrong with it. */
export const BODIES: Readonly<Record<string, object>> = {
  'set-expiry': { expiresAt: '2030-01-01T00:00:00.000Z' },
  'override-limits': { overrides: { activations: 7 } },
  'block-device': { fingerprint: 'stolen' },
  'unblock-device': { fingerprint: 'stolen' },
  renew: { period: 'P1M' },
  activate: { fingerprint: 'one more' },
  replace: { fingerprint: 'one more' },
  name: { name: 'Any' },
};
