// No plain personal byte is ever written to the log, from the first event on: a person's name and address,
// a device's name, free text. Views hold plaintext; the log, the records and the keys must not.
import { afterAll, beforeAll, expect, it } from '@jest/globals';
import { readFileSync, readdirSync, rmSync } from 'node:fs';
import { join } from 'node:path';
import { startServer, temporaryFolder, type RunningServer } from './support/server.js';
import { firstVendor } from './support/vendor.js';

const PERSON = 'Wilhelmina Zyxwvut';
const OTHER_NAME = 'Wilhelmina Qwertzuiop';
const ADDRESS = 'mina.zyxwvut@coyote.example';
const OTHER_ADDRESS = 'mina.qwertzuiop@coyote.example';
const DEVICE = 'Minas Laptop Xylophon';
const RENAMED_DEVICE = 'Minas Tower Xylophon';
const REASON = 'She told us on the phone that Rumpelstilz';
const FINGERPRINT = 'fingerprint-of-minas-laptop-0815';
const MARKS = [PERSON, OTHER_NAME, ADDRESS, OTHER_ADDRESS, DEVICE, RENAMED_DEVICE, REASON, FINGERPRINT];

let folder: string;
let server: RunningServer;
let licenseKey: string;

beforeAll(async () => {
  folder = temporaryFolder();
  server = await startServer({ folder });
  const vendor = await firstVendor(server, { activations: 3 });
  const { staff } = vendor;
  const keyed = { 'idempotency-key': 'k1' };
  const contact = (await staff.post('/v1/contacts', { name: PERSON, email: ADDRESS }, keyed)).body;
  // Outcomes without events are kept as records: a refusal, and a success that changed nothing.
  expect((await staff.post('/v1/contacts', { name: PERSON, email: ADDRESS }, { 'idempotency-key': 'k2' })).status).toBe(409);
  expect((await staff.post(`/v1/contacts/${contact.id}/rename`, { name: PERSON }, { 'idempotency-key': 'k3' })).status).toBe(200);
  await staff.done(`/v1/contacts/${contact.id}/rename`, { name: OTHER_NAME });
  await staff.done(`/v1/contacts/${contact.id}/set-email`, { email: OTHER_ADDRESS });
  await staff.done(`/v1/contacts/${contact.id}/suspend`, { reason: REASON });
  await staff.done(`/v1/contacts/${contact.id}/resume`);
  await staff.done(`/v1/organizations/${vendor.organizationId}/members`, { contactId: contact.id });
  await staff.done(`/v1/organizations/${vendor.organizationId}/suspend`, { reason: REASON });
  await staff.done(`/v1/organizations/${vendor.organizationId}/resume`);
  const license = await staff.done('/v1/licenses', { policyId: vendor.policyId, contactId: contact.id, name: PERSON });
  licenseKey = license.key as string;
  const device = { fingerprint: FINGERPRINT, name: DEVICE };
  const activation = await vendor.holder(licenseKey).done('/v1/license/activations', device);
  expect((await vendor.holder(licenseKey).post('/v1/license/activations', device, keyed)).body.id).toBe(activation.id);
  await vendor.holder(licenseKey).done(`/v1/license/activations/${activation.id}/name`, { name: RENAMED_DEVICE });
  await staff.done(`/v1/licenses/${license.id}/block-device`, { fingerprint: FINGERPRINT, reason: REASON });
  for (const verb of ['suspend', 'resume', 'revoke', 'undo-revocation', 'reveal-key']) {
    await staff.done(`/v1/licenses/${license.id}/${verb}`, { reason: REASON });
  }
  await staff.done(`/v1/policies/${vendor.policyId}/retire`, { reason: REASON });
});
afterAll(async () => {
  await server.dispose();
  rmSync(folder, { recursive: true, force: true });
});

function filesWith(mark: string): string[] {
  const forms = [Buffer.from(mark), Buffer.from(mark.toLowerCase()), Buffer.from(mark, 'utf16le')];
  return readdirSync(folder).filter((name) => {
    if (name.endsWith('.sock')) return false;
    const bytes = readFileSync(join(folder, name));
    return forms.some((form) => bytes.includes(form));
  });
}

it('stands in no file but the views, while the server runs and after it has stopped', async () => {
  // The views do hold it: the search looks where it should.
  for (const mark of [OTHER_NAME, OTHER_ADDRESS, RENAMED_DEVICE])
    expect(filesWith(mark).some((name) => name.startsWith('views.db'))).toBe(true);
  for (const when of ['running', 'stopped']) {
    if (when === 'stopped') expect(await server.end()).toBe(0);
    for (const mark of MARKS) expect([mark, filesWith(mark).filter((name) => !name.startsWith('views.db'))]).toEqual([mark, []]);
  }
});

it('stands in no line of the log output, and neither does a license key', () => {
  for (const mark of [...MARKS, licenseKey]) expect(server.output()).not.toContain(mark);
});

it('a fingerprint stands nowhere at all, and a license key in no file in plain', () => {
  expect(filesWith(FINGERPRINT)).toEqual([]);
  expect(filesWith(licenseKey)).toEqual([]);
});
