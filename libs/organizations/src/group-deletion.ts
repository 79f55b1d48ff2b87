// What deleting a group would change, told before it is done.
import type { Reads } from '#http/reads.js';
import type { RequestContext } from '#http/request-context.js';
import { idSchema } from '#kernel/ids.js';
import { MAX_PAGE } from '#read-models/read-store.js';
import { z } from 'zod';
import { counting } from './group-reads.js';
import { groupView, type GroupDoc } from './group.view.js';
import { contactView } from './contact.view.js';
import { documentsOf, named, namedSchema } from './names.js';

export const deletionSchema = z
  .strictObject({
    id: idSchema,
    name: z.string(),
    revision: z.int().min(0).meta({ description: 'For `If-Match`, so that what is deleted is what was looked at.' }),
    members: z.array(namedSchema).meta({ description: 'Who would no longer be in it.' }),
    licenses: z
      .array(z.strictObject({ id: idSchema, members: z.int().min(0) }))
      .meta({ description: 'What would no longer be linked, each with how many of the members have it by no other group.' }),
    needsCascade: z.boolean().meta({ description: 'Whether the group is deleted only with `cascade: true`.' }),
  })
  .meta({ id: 'GroupDeletion' });

/** The other groups of the organization that have one of these licenses. */
async function otherGroups(reads: Reads, ctx: RequestContext, doc: GroupDoc, licenses: readonly string[]): Promise<GroupDoc[]> {
  const others: GroupDoc[] = [];
  if (licenses.length === 0) return others;
  const all = { organization: { equal: doc.organizationId }, license: { in: licenses } };
  for (let after: { values: []; key: string } | undefined; ;) {
    const { rows, more } = await reads.find(groupView, ctx, { all, limit: MAX_PAGE, ...(after && { after }) });
    others.push(...rows.map((row) => row.doc).filter(({ id }) => id !== doc.id));
    if (!more) return others;
    after = { values: [], key: rows.at(-1)!.key };
  }
}

/** Only groups are looked at: who is contact, has a role, or owns the license keeps what he has by that. */
export async function deletionOf(reads: Reads, ctx: RequestContext, doc: GroupDoc): Promise<z.output<typeof deletionSchema>> {
  const { members, licenses } = (await counting(reads, ctx, [doc])).get(doc.id)!;
  const contacts = await documentsOf(reads, contactView, ctx, members);
  const others = await otherGroups(reads, ctx, doc, licenses);
  const having = (license: string) =>
    new Set(others.filter((each) => each.licenses.includes(license)).flatMap((each) => each.members));
  return {
    id: doc.id,
    name: doc.name,
    revision: doc.revision,
    members: members.map((id) => named(id, contacts)),
    licenses: licenses.map((id) => {
      const otherwise = having(id);
      return { id, members: members.filter((member) => !otherwise.has(member)).length };
    }),
    needsCascade: doc.members.length + doc.licenses.length > 0,
  };
}
