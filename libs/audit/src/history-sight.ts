// How much of a history a caller may see.
import { httpErrors } from '#http/http-errors.js';
import { reachOf } from '#http/reach.js';
import type { RequestContext } from '#http/request-context.js';
import type { Permission } from '#kernel/permissions.js';
import { auditErrors } from './audit.errors.js';
import type { Audience } from './history-entry.js';
import type { History, Step, Subject } from './history.js';

/** What the caller may see of a life: from which revision on, and in which words. */
export interface Sight {
  readonly audience: Audience;
  readonly since: number;
}

/** Who may not read a thing may not read its history either. @throws `auth.forbidden`, `history.not-found` */
export async function sightOf(history: History, subject: Subject, id: string, ctx: RequestContext): Promise<Sight> {
  const permission: Permission = `${subject}.read`;
  const [of, itself] = [reachOf(ctx, 'history.read'), reachOf(ctx, permission)];
  if (itself.kind === 'none') httpErrors.refuse('auth.forbidden', undefined, { permission });
  if (of.kind === 'tenant' && itself.kind === 'tenant') return { audience: 'vendor', since: 0 };
  if (of.kind !== 'organization' || (subject !== 'license' && subject !== 'organization'))
    return auditErrors.refuse('history.not-found');
  const held =
    subject === 'license'
      ? await history.heldBy(subject, ctx.tenant, id, of.organization)
      : id === of.organization && { since: 0, archived: false };
  if (!held || held.archived) return auditErrors.refuse('history.not-found');
  return { audience: 'customer', since: held.since };
}

/** The steps within sight. The first of them has nothing before it. */
export async function* within(steps: AsyncIterable<Step>, { since }: Sight): AsyncGenerator<Step> {
  for await (const step of steps) {
    const { revision } = step.event;
    if (revision >= since) yield revision === since ? { ...step, before: null } : step;
  }
}
