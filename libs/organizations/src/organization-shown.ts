// How much of an organization somebody is shown, with the names of what it refers to.
import { reaches, reachOf } from '#http/reach.js';
import type { Reads } from '#http/reads.js';
import type { RequestContext } from '#http/request-context.js';
import { z } from 'zod';
import { companyView } from './company.view.js';
import { contactView } from './contact.view.js';
import { mappingSummary, mappingSummarySchema } from './mapping-shown.js';
import { documentsOf, named, namedSchema } from './names.js';
import { organizationDocSchema, type OrganizationDoc } from './organization.view.js';
import { withoutReason } from './standing.js';

const organizationSchema = organizationDocSchema.extend({
  company: namedSchema.nullable(),
  primary: namedSchema.nullable(),
  secondary: namedSchema.nullable(),
});

/** What a member without further rights sees of his organization. */
const organizationNameSchema = organizationDocSchema.pick({ id: true, name: true }).meta({ id: 'OrganizationName' });
export const shownSchema = z.union([organizationSchema, organizationNameSchema]);
/** An organization alone. */
export const wholeShownSchema = z.union([organizationSchema.extend({ mapping: mappingSummarySchema }), organizationNameSchema]);

/** The document as the caller sees it, alone. */
export async function wholeShownTo(
  reads: Reads,
  ctx: RequestContext,
  doc: OrganizationDoc,
): Promise<z.output<typeof wholeShownSchema>> {
  const shown = (await shownTo(reads, ctx, [doc])).get(doc.id)!;
  return 'revision' in shown ? { ...shown, mapping: await mappingSummary(reads, ctx, doc.id) } : shown;
}

/** The documents as the caller sees them, by their ids. */
export async function shownTo(
  reads: Reads,
  ctx: RequestContext,
  docs: readonly OrganizationDoc[],
): Promise<ReadonlyMap<string, z.output<typeof shownSchema>>> {
  const reach = reachOf(ctx, 'organization.read');
  const whole = docs.filter(({ id }) => reaches(reach, { organizationId: id }));
  const companies = await documentsOf(
    reads,
    companyView,
    ctx,
    whole.map(({ company }) => company),
  );
  const contacts = await documentsOf(
    reads,
    contactView,
    ctx,
    whole.flatMap(({ primary, secondary }) => [primary, secondary]),
  );
  const shown = docs.map((doc) => {
    if (!whole.includes(doc)) return [doc.id, { id: doc.id, name: doc.name }] as const;
    const seen = reach.kind === 'tenant' ? doc : withoutReason(doc);
    const people = { primary: named(doc.primary, contacts), secondary: named(doc.secondary, contacts) };
    return [doc.id, { ...seen, ...people, company: named(doc.company, companies) }] as const;
  });
  return new Map(shown);
}
