// Filters of the list of licenses, as conditions on indexes.
import { listQuery, paging } from '#http/paging.js';
import type { Reads } from '#http/reads.js';
import type { RequestContext } from '#http/request-context.js';
import { commaList } from '#http/schemas.js';
import { instantInputSchema } from '#kernel/fields.js';
import { idSchema } from '#kernel/ids.js';
import { MAX_PAGE, type Condition, type Conditions, type FoundPage } from '#read-models/read-store.js';
import { searchFor } from '#read-models/search.js';
import { z } from 'zod';
import { activationView, isLive } from './activation.view.js';
import { fingerprintSchema } from './activation.events.js';
import { statusConditions } from './license-filter.js';
import { reachConditions } from './license-reads.js';
import { LICENSE_STATUSES } from './license-status.js';
import { licenseView, type LicenseDoc } from './license.view.js';
import { policyVersionSchema } from './policy.events.js';

export const licensesQuery = listQuery({
  sort: ['issuedAt', 'expiresAt', 'used', 'changedAt'],
  defaultSort: '-issuedAt',
  filters: {
    status: commaList(z.enum(LICENSE_STATUSES)).optional(),
    expiresFrom: instantInputSchema.optional().meta({ description: 'Expiring at this instant or later.' }),
    expiresTo: instantInputSchema.optional().meta({ description: 'Expiring before this instant.' }),
    productId: commaList(idSchema).optional(),
    policyId: commaList(idSchema).optional(),
    policyVersion: z.coerce.number().pipe(policyVersionSchema).optional(),
    organizationId: commaList(idSchema).optional(),
    contactId: commaList(idSchema).optional(),
    device: fingerprintSchema.optional().meta({
      description: 'Active on this device: the keyed hash that activations show and `POST /v1/devices/lookup` answers.',
    }),
    q: z
      .string()
      .max(200)
      .optional()
      .meta({ description: 'Words of the name, the last group of the key, or words of a device name, or how they begin.' }),
  },
});
type LicensesQuery = z.output<typeof licensesQuery>;

/** How many licenses are looked for by the names of devices. */
const BY_DEVICE_NAME = 200;

/** One value as equality: an index can serve that together with a sort. */
function among<T extends string>(values: readonly T[]): Condition {
  return values.length === 1 ? { equal: values[0]! } : { in: values };
}

function filters({ expiresFrom, expiresTo, policyVersion, ...query }: LicensesQuery): Conditions {
  const ids = (['productId', 'policyId', 'organizationId', 'contactId'] as const).flatMap((name) =>
    query[name] ? [[name, among(query[name])]] : [],
  );
  return {
    ...(Object.fromEntries(ids) as Conditions),
    ...(policyVersion !== undefined && { policyVersion: { equal: policyVersion } }),
    ...((expiresFrom !== undefined || expiresTo !== undefined) && { expiresAt: { from: expiresFrom, to: expiresTo } }),
  };
}

/** All of them hold. The second condition on the same index stands apart: one `equal` must not replace another. */
function together(...all: readonly Conditions[]): { all: Conditions; any: Conditions[][] } {
  const first: Record<string, Condition> = {};
  const any: Conditions[][] = [];
  for (const [index, condition] of all.flatMap((conditions) => Object.entries(conditions))) {
    if (index in first) any.push([{ [index]: condition }]);
    else first[index] = condition;
  }
  return { all: first, any };
}

/** The licenses on which a device holds a seat at `t`. */
async function licensesOnDevice(reads: Reads, ctx: RequestContext, device: string, t: string): Promise<string[]> {
  const { rows } = await reads.find(activationView, ctx, { all: { fingerprint: { equal: device } }, limit: MAX_PAGE });
  const { found } = await reads.getMany(licenseView, ctx, [...new Set(rows.map(({ doc }) => doc.licenseId))]);
  const licenses = new Map(found.map(({ key, doc }) => [key, doc]));
  const live = rows.filter(({ doc }) => licenses.has(doc.licenseId) && isLive(doc, licenses.get(doc.licenseId)!, t));
  return live.map(({ doc }) => doc.licenseId);
}

/** Each word typed begins a word of the license, or all of them words of one of its device names. */
async function textConditions(reads: Reads, ctx: RequestContext, q: string | undefined): Promise<readonly Conditions[][]> {
  const words = searchFor('words', q);
  if (words.length === 0) return [];
  const { rows } = await reads.find(activationView, ctx, { any: words, limit: BY_DEVICE_NAME });
  const byDevice: Conditions = { id: { in: [...new Set(rows.map(({ doc }) => doc.licenseId))] } };
  return words.map((groups) => [...groups, byDevice]);
}

/** A page of the licenses that the caller may know of; status as of `t`. */
export async function findLicenses(
  reads: Reads,
  query: LicensesQuery,
  ctx: RequestContext,
  t: string,
): Promise<FoundPage<LicenseDoc>> {
  const { status, device, q } = query;
  const on: Conditions = device === undefined ? {} : { id: { in: await licensesOnDevice(reads, ctx, device, t) } };
  const kept: Conditions = status ? {} : { archived: { equal: 0 } };
  const { all, any } = together(reachConditions(ctx, 'license.read'), kept, filters(query), on);
  const statuses = status ? [status.flatMap((one) => [...statusConditions(one, t)])] : [];
  const words = await textConditions(reads, ctx, q);
  return reads.find(licenseView, ctx, { all, any: [...any, ...statuses, ...words], ...paging(query, ctx) });
}
