// What callers are shown of mappings: nobody but the vendor's own people sees anything.
import { reachOf } from '#http/reach.js';
import type { Reads } from '#http/reads.js';
import type { RequestContext } from '#http/request-context.js';
import { ERASED } from '#kernel/fields.js';
import { z } from 'zod';
import { contactView } from './contact.view.js';
import { mappingSystemView } from './mapping-system.view.js';
import { theirsSchema, type MappedKind, type Theirs } from './mapping.events.js';
import { mappingDocSchema, mappingView, type MappingDoc } from './mapping.view.js';
import { documentsOf } from './names.js';
import { organizationView } from './organization.view.js';

/** On the document of a contact or organization. */
export const mappingSummarySchema = mappingDocSchema
  .pick({ externalId: true, state: true, since: true })
  .nullable()
  .meta({ description: 'What the outside system has of it; null where there is none, or where the caller does not see that.' });

/** @param id of a contact or organization */
export async function mappingSummary(
  reads: Reads,
  ctx: RequestContext,
  id: string,
): Promise<z.output<typeof mappingSummarySchema>> {
  if (reachOf(ctx, 'mapping.read').kind !== 'tenant') return null;
  if (!(await reads.get(mappingSystemView, ctx, ctx.tenant)).found) return null;
  const doc = (await reads.get(mappingView, ctx, id)).found?.doc;
  return doc ? { externalId: doc.externalId, state: doc.state, since: doc.since } : null;
}

const erased = z.literal(ERASED);

export const mappingSchema = mappingDocSchema
  .extend({
    name: z.string().nullable(),
    conflict: z
      .strictObject({
        at: mappingDocSchema.shape.since,
        theirs: z.union([theirsSchema, erased]),
        ours: theirsSchema.nullable().meta({ description: 'As it is now, in the fields that the outside system keeps.' }),
      })
      .nullable(),
  })
  .meta({ id: 'Mapping' });

type Shown = z.output<typeof mappingSchema>;

/** The documents with names, and with both sides of a conflict. */
export async function shownMappings(
  reads: Reads,
  ctx: RequestContext,
  docs: readonly MappingDoc[],
): Promise<ReadonlyMap<string, Shown>> {
  const idsOf = (wanted: MappedKind) => docs.filter(({ kind }) => kind === wanted).map(({ id }) => id);
  const contacts = await documentsOf(reads, contactView, ctx, idsOf('contact'));
  const organizations = await documentsOf(reads, organizationView, ctx, idsOf('organization'));
  const shown = docs.map(({ known: _known, conflict, ...doc }): [string, Shown] => {
    const thing = contacts.get(doc.id) ?? organizations.get(doc.id);
    return [doc.id, { ...doc, name: thing?.name ?? null, conflict: conflict && { ...conflict, ...bothSides(conflict, thing) } }];
  });
  return new Map(shown);
}

function bothSides({ theirs }: NonNullable<MappingDoc['conflict']>, thing: object | undefined) {
  const given = theirsSchema.safeParse(theirs);
  if (!given.success) return { theirs: ERASED, ours: null } as const;
  const ours = Object.entries(thing ?? {}).filter(([field]) => field in given.data);
  return { theirs: given.data, ours: thing ? (Object.fromEntries(ours) as Theirs) : null };
}
