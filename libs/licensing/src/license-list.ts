// Filters of the list of licenses, as conditions on indexes.
import { moment, ONE_MOMENT, oneMoment } from '#http/as-of.js';
import { listQuery, paging } from '#http/paging.js';
import type { Reads } from '#http/reads.js';
import type { RequestContext } from '#http/request-context.js';
import { commaList } from '#http/schemas.js';
import { instantInputSchema } from '#kernel/fields.js';
import { idSchema } from '#kernel/ids.js';
import type { Condition, Conditions, Query, ShownPage } from '#read-models/read-store.js';
import { searchFor } from '#read-models/search.js';
import { z } from 'zod';
import { fingerprintSchema } from './activation.events.js';
import { statusConditions } from './license-filter.js';
import { among, reachConditions, withinOrganization } from './license-reads.js';
import { licensesByDevice, licensesOnDevice } from './license-search.js';
import { LICENSE_STATUSES } from './license-status.js';
import { licenseView } from './license.view.js';
import { policyVersionSchema } from './policy.events.js';

const licensesList = listQuery({
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
    groupId: commaList(idSchema).optional().meta({ description: 'Linked to one of these groups.' }),
    device: fingerprintSchema.optional().meta({
      description: 'Active on this device: the keyed hash that activations show and `POST /v1/devices/lookup` answers.',
    }),
    q: z
      .string()
      .max(200)
      .optional()
      .meta({ description: 'Words of the name, the last group of the key, or words of a device name, or how they begin.' }),
    ...moment,
  },
});
export const licensesQuery = licensesList.refine(oneMoment, ONE_MOMENT);
type Where = Pick<Query, 'all' | 'any'>;
type LicensesQuery = z.output<typeof licensesQuery>;

function filters({ expiresFrom, expiresTo, policyVersion, groupId, ...query }: LicensesQuery): Conditions {
  const ids = (['productId', 'policyId', 'organizationId', 'contactId'] as const).flatMap((name) =>
    query[name] ? [[name, among(query[name])]] : [],
  );
  return {
    ...(Object.fromEntries(ids) as Conditions),
    ...(groupId && { group: among(groupId) }),
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

/** Each word typed begins a word of the license, or all of them words of one of its device names. */
async function textConditions(reads: Reads, ctx: RequestContext, q: string | undefined, scope: Where) {
  const words = searchFor('words', q);
  if (words.length === 0) return [];
  const byDevice: Conditions = { id: { in: await licensesByDevice(reads, ctx, { any: words }, scope) } };
  return words.map((groups) => [...groups, byDevice]);
}

/** A page of the licenses that the caller may know of; status as of `t`. @throws `license.search-too-wide` */
export async function findLicenses(reads: Reads, query: LicensesQuery, asking: RequestContext, t: string): Promise<ShownPage> {
  const ctx = await withinOrganization(asking, query.organizationId);
  const { status, device, q } = query;
  const kept: Conditions = status ? {} : { archived: { equal: 0 } };
  const reach = reachConditions(ctx, 'license.read');
  const conditions = [reach.all, kept, filters(query)];
  const statuses = status ? [status.flatMap((one) => [...statusConditions(one, t)])] : [];
  const ways = reach.among.length > 0 ? [reach.among] : [];
  const where = (...more: Conditions[]): Where => {
    const { all, any } = together(...conditions, ...more);
    return { all, any: [...any, ...ways, ...statuses] };
  };
  const on: Conditions[] = device === undefined ? [] : [{ id: { in: await licensesOnDevice(reads, ctx, device, where(), t) } }];
  const words = await textConditions(reads, ctx, q, where(...on));
  const { all, any = [] } = where(...on);
  return reads.findShown(licenseView, ctx, { all, any: [...any, ...words], ...paging(query, ctx) });
}
