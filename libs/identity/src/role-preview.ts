// Whose access changes how when a role does, before it does: the same rights that are decided by, once with the roles as
// they are and once as they would be.
import type { Right } from '#http/principal.js';
import type { Reads } from '#http/reads.js';
import type { RequestContext } from '#http/request-context.js';
import { idSchema } from '#kernel/ids.js';
import { SCOPES } from '#kernel/permissions.js';
import { MAX_PAGE } from '#read-models/read-store.js';
import { z } from 'zod';
import type { AccessRulesDoc } from './access-rules.view.js';
import { rightsDiff } from './rights-diff.js';
import { personOf } from './rights-of.js';
import { roleBookOf, type RoleBook, type RoleChanges } from './role-book.js';
import { roleIdSchema } from './role.events.js';
import { userView, type UserDoc } from './user.view.js';

/** So many users are looked at; of a role that more have, the counts are of these. */
const MOST_LOOKED_AT = 10_000;
const SAMPLES = 5;

const sampleSchema = z.strictObject({ id: idSchema, name: z.string() });
const countedSchema = z.strictObject({ users: z.int().min(0), samples: z.array(sampleSchema) });
const changeSchema = countedSchema.extend({
  permission: z.string(),
  scope: z.enum(SCOPES),
  via: z.string().meta({ description: 'What gives it: `role:<id>`, or `place:primary`.' }),
});

export const previewSchema = z.strictObject({
  role: roleIdSchema,
  users: z.int().min(0).meta({ description: 'How many have the role, or have it on one of their memberships.' }),
  changed: z.int().min(0).meta({ description: 'How many of them gain or lose something.' }),
  complete: z.boolean().meta({ description: 'False: more users have it than were looked at; the counts are of these.' }),
  gained: z.array(changeSchema),
  lost: z.array(changeSchema),
  lockedOut: countedSchema.meta({ description: 'Who can log in now, and could not any more.' }),
  letIn: countedSchema.meta({ description: 'Who cannot log in now because he has no role, and could.' }),
});
export type RolePreview = z.output<typeof previewSchema>;

interface Counted {
  users: number;
  samples: { id: string; name: string }[];
}

class Tally {
  private readonly counted = new Map<string, Counted>();

  note(key: string, { id, name }: UserDoc): void {
    const entry = this.counted.get(key) ?? { users: 0, samples: [] };
    if (entry.samples.length < SAMPLES) entry.samples.push({ id, name });
    entry.users += 1;
    this.counted.set(key, entry);
  }

  of(key: string): Counted {
    return this.counted.get(key) ?? { users: 0, samples: [] };
  }

  /** Those that stand for a right, in the order of their names. */
  changes(): z.output<typeof changeSchema>[] {
    return [...this.counted.keys()].sort().map((key) => {
      const [permission, scope, via] = key.split(' ') as [string, (typeof SCOPES)[number], string];
      return { permission, scope, via, ...this.of(key) };
    });
  }
}

/** Each once, whatever the organizations in which it holds. */
function keysOf(rights: readonly Right[]): ReadonlySet<string> {
  return new Set(rights.map(({ permission, scope, via }) => `${permission} ${scope} ${via}`));
}

/** The users who have a role, as they are at the head of the log, and whether these are all. */
async function holders(reads: Reads, ctx: RequestContext, role: string): Promise<{ docs: UserDoc[]; complete: boolean }> {
  const docs: UserDoc[] = [];
  for (let after: { values: []; key: string } | undefined; ;) {
    const asked = { all: { role: { equal: role } }, limit: MAX_PAGE, ...(after && { after }) };
    const { rows, more } = await reads.find(userView, ctx, asked);
    docs.push(...rows.map(({ doc }) => doc));
    if (!more || docs.length >= MOST_LOOKED_AT) return { docs, complete: !more };
    after = { values: [], key: rows.at(-1)!.key };
  }
}

/** What would change if the roles were those of `after`. Pure. */
function previewOf(
  role: string,
  docs: readonly UserDoc[],
  { before, after, customerLogin }: { before: RoleBook; after: RoleBook; customerLogin: AccessRulesDoc['customerLogin'] },
): Omit<RolePreview, 'complete'> {
  const [gained, lost, doors] = [new Tally(), new Tally(), new Tally()];
  let changed = 0;
  for (const doc of docs) {
    const [now, then] = [personOf(doc.access, before, customerLogin), personOf(doc.access, after, customerLogin)];
    const diff = rightsDiff(now.person?.rights ?? [], then.person?.rights ?? []);
    for (const key of keysOf(diff.gained)) gained.note(key, doc);
    for (const key of keysOf(diff.lost)) lost.note(key, doc);
    if (diff.gained.length + diff.lost.length > 0) changed += 1;
    if (now.person && !then.person) doors.note('lockedOut', doc);
    if (!now.person && then.person) doors.note('letIn', doc);
  }
  const inAndOut = { lockedOut: doors.of('lockedOut'), letIn: doors.of('letIn') };
  return { role, users: docs.length, changed, gained: gained.changes(), lost: lost.changes(), ...inAndOut };
}

/** The preview of a change of the roles that the rules have agreed to; as of the head of the log. */
export async function previewRole(
  reads: Reads,
  ctx: RequestContext,
  role: string,
  rules: AccessRulesDoc,
  changes: RoleChanges,
): Promise<RolePreview> {
  const { docs, complete } = await holders(reads, ctx, role);
  const books = { before: roleBookOf(rules.roles), after: roleBookOf(changes), customerLogin: rules.customerLogin };
  return { ...previewOf(role, docs, books), complete };
}
