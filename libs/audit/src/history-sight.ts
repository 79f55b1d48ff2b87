// How much of a history a caller may see.
import { httpErrors } from '#http/http-errors.js';
import { organizationsOf, ownOrganizations, reaches, reachOf } from '#http/reach.js';
import type { Reads } from '#http/reads.js';
import type { RequestContext } from '#http/request-context.js';
import type { Permission } from '#kernel/permissions.js';
import { auditErrors } from './audit.errors.js';
import type { Audience } from './history-entry.js';
import type { History, Step, Subject } from './history.js';
import { ownersOf } from './owners.js';

/** What it takes to tell how much somebody may see. */
export interface Looking {
  readonly history: History;
  readonly reads: Reads;
}

/** What the caller may see of a life: from which revision on, and in which words. */
export interface Sight {
  readonly audience: Audience;
  readonly since: number;
  /** Only what he did himself. */
  readonly actor?: string;
}

/**
 * Who may not read a thing may not read its history either. A customer reads what happened to a thing since it came to
 * an organization whose history he may read; of what else he may read, what he did himself.
 * @throws `auth.forbidden`, `history.not-found`
 */
export async function sightOf({ history, reads }: Looking, subject: Subject, id: string, ctx: RequestContext): Promise<Sight> {
  // Who holds a license key sees what was done with it; what the vendor or others did is not his.
  const { kind, id: holder, actor } = ctx.principal;
  if (kind === 'license' && subject === 'license' && id === holder) return { audience: 'customer', since: 0, actor };
  const permission: Permission = `${subject}.read`;
  const [of, itself] = [reachOf(ctx, 'history.read'), reachOf(ctx, permission)];
  if (itself.kind === 'none') httpErrors.refuse('auth.forbidden', undefined, { permission });
  if (of.kind === 'tenant' && itself.kind === 'tenant') return { audience: 'vendor', since: 0 };
  const organizations = organizationsOf(of).filter((organizationId) => reaches(itself, { organizationId }));
  const held = await heldBy(history, subject, id, organizations, ctx);
  if (held && !held.archived) return { audience: 'customer', since: held.since };
  if (of.kind !== 'within' || of.contact === null) return auditErrors.refuse('history.not-found');
  const { found } = await reads.get(history.viewOf(subject), ctx, id);
  const owners = found && ownersOf(subject, id, found.doc);
  const member = subject === 'organization' && ownOrganizations(ctx, permission).includes(id);
  if (!owners || (!member && !reaches(itself, owners))) return auditErrors.refuse('history.not-found');
  return { audience: 'customer', since: 0, actor };
}

/** Since when the thing is with one of these organizations. */
async function heldBy(
  history: History,
  subject: Subject,
  id: string,
  organizations: readonly string[],
  { tenant }: RequestContext,
): Promise<{ readonly since: number; readonly archived: boolean } | null> {
  if (organizations.length === 0) return null;
  if (subject === 'organization') return organizations.includes(id) ? { since: 0, archived: false } : null;
  return subject === 'license' ? history.heldBy(subject, tenant, id, organizations) : null;
}

/** The steps within sight. The first of them has nothing before it. */
export async function* within(steps: AsyncIterable<Step>, { since, actor }: Sight): AsyncGenerator<Step> {
  for await (const step of steps) {
    const { revision, meta } = step.event;
    if (actor !== undefined && meta.actor !== actor) continue;
    if (revision >= since) yield revision === since ? { ...step, before: null } : step;
  }
}
