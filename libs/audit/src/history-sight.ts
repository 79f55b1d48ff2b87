// How much of a history a caller may see.
import { httpErrors } from '#http/http-errors.js';
import { organizationsOf, reachOf } from '#http/reach.js';
import type { RequestContext } from '#http/request-context.js';
import type { Permission } from '#kernel/permissions.js';
import { auditErrors } from './audit.errors.js';
import type { Audience } from './history-entry.js';
import type { History, Step, Subject } from './history.js';

/** What the caller may see of a life: from which revision on, and in which words. */
export interface Sight {
  readonly audience: Audience;
  readonly since: number;
  /** Only what he did himself. */
  readonly actor?: string;
}

/** Who may not read a thing may not read its history either. @throws `auth.forbidden`, `history.not-found` */
export async function sightOf(history: History, subject: Subject, id: string, ctx: RequestContext): Promise<Sight> {
  // Who holds a license key sees what was done with it; what the vendor or others did is not his.
  const { kind, id: holder, actor } = ctx.principal;
  if (kind === 'license' && subject === 'license' && id === holder) return { audience: 'customer', since: 0, actor };
  const permission: Permission = `${subject}.read`;
  const [of, itself] = [reachOf(ctx, 'history.read'), reachOf(ctx, permission)];
  if (itself.kind === 'none') httpErrors.refuse('auth.forbidden', undefined, { permission });
  if (of.kind === 'tenant' && itself.kind === 'tenant') return { audience: 'vendor', since: 0 };
  const organizations = organizationsOf(of);
  if (organizations.length === 0 || (subject !== 'license' && subject !== 'organization'))
    return auditErrors.refuse('history.not-found');
  const held =
    subject === 'license'
      ? await history.heldBy(subject, ctx.tenant, id, organizations)
      : organizations.includes(id) && { since: 0, archived: false };
  if (!held || held.archived) return auditErrors.refuse('history.not-found');
  return { audience: 'customer', since: held.since };
}

/** The steps within sight. The first of them has nothing before it. */
export async function* within(steps: AsyncIterable<Step>, { since, actor }: Sight): AsyncGenerator<Step> {
  for await (const step of steps) {
    const { revision, meta } = step.event;
    if (actor !== undefined && meta.actor !== actor) continue;
    if (revision >= since) yield revision === since ? { ...step, before: null } : step;
  }
}
