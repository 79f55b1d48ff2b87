// Moving licenses between the versions of their policy, over a real installation: first the preview, then the move.
import { afterAll, beforeAll, beforeEach, describe, expect, it } from '@jest/globals';
import { deriveId, newCommandId, newId } from '#kernel/ids.js';
import { testContext } from '#kernel/testing/given.js';
import { license } from '#licensing/license.js';
import { keyFormatSchema } from '#licensing/terms.js';
import { PolicyMigrationController } from '#licensing/policy-migration.http.js';
import { PolicyController } from '#licensing/policy.http.js';
import { ProductController } from '#licensing/product.http.js';
import { organization } from '#organizations/organization.js';
import type { Client } from './support/client.js';
import { openDoors, type Doors } from './support/doors.js';

let doors: Doors;
let vendor: Client;
let organizationId: string;
const context = () => ({ ...testContext, commandId: newCommandId() });

beforeAll(async () => {
  doors = await openDoors(ProductController, PolicyController, PolicyMigrationController);
  vendor = doors.as();
  organizationId = newId();
  const data = organization.commands.add.parse({ name: 'Globex' });
  await doors.installation.executor.execute(organization, organizationId, 'add', data, context());
});
afterAll(() => doors.close());

let policyId: string;
let productId: string;
let licenses: string[];
/** A policy with two versions: 5 seats, then 1 seat and fewer entitlements; and three licenses of version 1. */
beforeEach(async () => {
  const code = newId();
  productId = (await vendor.done('/v1/products', { name: 'Photo', code })).id as string;
  policyId = (
    await vendor.done('/v1/policies', {
      productId,
      name: 'Standard',
      code,
      terms: { activations: 5, entitlements: { export: true } },
    })
  ).id as string;
  await vendor.done(`/v1/policies/${policyId}/revise`, { terms: { activations: 1, duration: 'P1Y', entitlements: {} } });
  licenses = [await issue(), await issue(), await issue()].sort();
});

async function issue(policyVersion = 1): Promise<string> {
  const ctx = context();
  const id = deriveId(ctx.commandId, 'license');
  const data = license.commands.issue.parse({
    ...{ productId, policyId, policyVersion, organizationId, keyFormat: keyFormatSchema.parse({}) },
    ...{ key: id, keyHash: id.padEnd(43, 'x'), maskedKey: '•••••-AB3CD' },
  });
  const { position } = await doors.installation.executor.execute(license, id, 'issue', data, ctx);
  doors.positions.note(position);
  return id;
}

async function activate(id: string, ...devices: string[]): Promise<void> {
  for (const device of devices) {
    const data = license.commands.activate.parse({ fingerprint: device.padEnd(43, 'x') });
    doors.positions.note((await doors.installation.executor.execute(license, id, 'activate', data, context())).position);
  }
}

const version = (number: number) => `/v1/policies/${policyId}/versions/${number}`;

/** A query that is a POST: it is told by hand what it must have seen. */
const ask = (path: string, body: object = {}, by = vendor) =>
  by.post(path, body, { 'keyledger-position': doors.positions.highest });
const preview = async (body: object = {}, to = 2) => {
  const { status, body: told } = await ask(`${version(to)}/preview-migration`, body);
  expect(status).toBe(200);
  return told;
};

describe('the preview of a migration', () => {
  it('tells per license what it changes, and totals', async () => {
    await activate(licenses[0]!, 'a', 'b');
    const told = await preview({ licenses });
    expect(told.totals).toEqual({ licenses: 3, affected: 3, warnings: { 'over-allocated': 1, 'entitlements-lost': 3 } });
    expect(told.data[0]).toMatchObject({
      licenseId: licenses[0],
      refusal: null,
      preview: { fromVersion: 1, toVersion: 2, warnings: ['over-allocated', 'entitlements-lost'] },
    });
    expect(told.data[0].preview.effects).toContainEqual({ pointer: '/activations/allowed', from: 5, to: 1 });
    expect(told.data[0].preview.effects.map(({ pointer }: { pointer: string }) => pointer)).not.toContain('/expiresAt');
  });

  it('recalculates the expiry where it is asked to', async () => {
    const told = await preview({ licenses: [licenses[0]], recalculateExpiry: true });
    expect(told.data[0].preview.effects).toContainEqual({ pointer: '/expiresAt', from: null, to: '2027-06-01T12:00:00.000Z' });
  });

  it('pages through the licenses of the policy that have another version', async () => {
    await issue(2);
    const first = await preview({ limit: 2 });
    expect(first.data.map(({ licenseId }: { licenseId: string }) => licenseId)).toEqual(licenses.slice(0, 2));
    const second = await preview({ limit: 2, cursor: first.page.next });
    expect(second.data.map(({ licenseId }: { licenseId: string }) => licenseId)).toEqual(licenses.slice(2));
    expect(second.page.next).toBeNull();
    expect((await preview({ from: 1 })).data).toHaveLength(3);
    expect((await preview({ from: 2 })).data).toHaveLength(0);
    const other = await ask(`${version(2)}/preview-migration`, { limit: 2, cursor: first.page.next, from: 1 });
    expect(other.body.code).toBe('read.bad-cursor');
    const both = await ask(`${version(2)}/preview-migration`, { licenses, from: 1 });
    expect(both.body.code).toBe('request.invalid');
  });

  it('names what would be refused', async () => {
    const stranger = await issueElsewhere();
    const told = await preview({ licenses: [licenses[0], newId(), stranger] });
    expect(told.data.map(({ refusal }: { refusal: { code: string } | null }) => refusal?.code)).toEqual([
      undefined,
      'license.not-found',
      'policy.not-of-license',
    ]);
    expect(told.totals).toMatchObject({ licenses: 1 });
    expect((await ask(`${version(3)}/preview-migration`)).body.code).toBe('policy.version-not-found');
  });

  it('exists for one license too', async () => {
    const one = (id: string, policyVersion: number) => ask(`/v1/licenses/${id}/preview-migration`, { policyVersion });
    expect((await one(licenses[0]!, 2)).body).toMatchObject({
      fromVersion: 1,
      toVersion: 2,
      warnings: ['entitlements-lost'],
      asOf: expect.any(String),
    });
    expect((await one(licenses[0]!, 3)).body.code).toBe('policy.version-not-found');
    expect((await one(newId(), 2)).body.code).toBe('license.not-found');
    doors.positions.note(
      (await doors.installation.executor.execute(license, licenses[0]!, 'archive', license.commands.archive.parse({}), context()))
        .position,
    );
    expect((await one(licenses[0]!, 2)).body.code).toBe('license.archived');
  });

  it('changes nothing', async () => {
    const before = await doors.installation.events.head();
    await preview({ licenses });
    expect(await doors.installation.events.head()).toBe(before);
  });
});

describe('the migration', () => {
  it('moves each license by itself and tells each result; repeated, it is the same', async () => {
    const key = { 'idempotency-key': newId() };
    const ids = [licenses[0]!, newId(), await issueElsewhere(), licenses[1]!, await issue(2)];
    const move = () => vendor.post(`${version(2)}/migrate`, { licenses: ids }, key);
    const first = await move();
    expect(
      first.body.data.map(
        ({ licenseId, changed, refusal }: { licenseId: string; changed: boolean; refusal: { code: string } | null }) => [
          licenseId,
          changed,
          refusal?.code,
        ],
      ),
    ).toEqual([
      [ids[0], true, undefined],
      [ids[1], false, 'license.not-found'],
      [ids[2], false, 'policy.not-of-license'],
      [ids[3], true, undefined],
      [ids[4], false, undefined],
    ]);
    expect(first.body.totals).toEqual({ migrated: 2, unchanged: 1, refused: 2 });
    const head = await doors.installation.events.head();
    expect((await move()).body).toEqual(first.body);
    expect(await doors.installation.events.head()).toBe(head);
    expect((await preview({})).data.map(({ licenseId }: { licenseId: string }) => licenseId)).toEqual([licenses[2]]);
  });

  it('does what the preview has told', async () => {
    const told = await preview({ licenses: [licenses[0]], recalculateExpiry: true });
    await vendor.done(`${version(2)}/migrate`, { licenses: [licenses[0]], recalculateExpiry: true });
    const back = await preview({ licenses: [licenses[0]], recalculateExpiry: true }, 1);
    const reversed = told.data[0].preview.effects.map(
      ({ pointer, from, to }: { pointer: string; from: unknown; to: unknown }) => ({ pointer, from: to, to: from }),
    );
    expect(back.data[0].preview.effects).toEqual(reversed);
  });

  it('takes at most 1,000 licenses, each once', async () => {
    const many = Array.from({ length: 1001 }, () => newId());
    expect((await vendor.post(`${version(2)}/migrate`, { licenses: many })).body.code).toBe('request.invalid');
    expect((await vendor.post(`${version(2)}/migrate`, { licenses: [licenses[0], licenses[0]] })).body.code).toBe(
      'request.invalid',
    );
  });

  it('is the vendor’s alone', async () => {
    const customer = doors.as({ organization: organizationId });
    for (const path of [`${version(2)}/migrate`, `${version(2)}/preview-migration`]) {
      expect((await customer.post(path, { licenses })).body.code).toBe('auth.forbidden');
    }
    expect((await customer.post(`/v1/licenses/${licenses[0]}/preview-migration`, { policyVersion: 2 })).body.code).toBe(
      'auth.forbidden',
    );
    const stranger = doors.as({ tenant: 'globex' });
    expect((await ask(`${version(2)}/preview-migration`, { licenses }, stranger)).body.code).toBe('policy.version-not-found');
    expect((await stranger.post(`${version(2)}/migrate`, { licenses })).body.code).toBe('policy.version-not-found');
  });
});

async function issueElsewhere(): Promise<string> {
  const own = policyId;
  policyId = (await vendor.done('/v1/policies', { productId, name: 'Other', code: newId() })).id as string;
  const id = await issue();
  policyId = own;
  return id;
}
