// What callers are shown of invitations: staff all, others those of their organizations.
import type { Position } from '#event-store/event-store.js';
import { organizationsOf, reaches, reachOf, type Reach } from '#http/reach.js';
import type { Reads } from '#http/reads.js';
import type { RequestContext } from '#http/request-context.js';
import type { Permission } from '#kernel/permissions.js';
import type { Conditions } from '#read-models/read-store.js';
import { z } from 'zod';
import { INVITATION_STATUSES, invitationStatus } from './invitation-status.js';
import { invitationErrors } from './invitation.errors.js';
import type { InvitationState } from './invitation.js';
import { invitationDocSchema, invitationView, type InvitationDoc } from './invitation.view.js';

const status = z.enum(INVITATION_STATUSES);

/** An invitation in a list. */
export const invitationItemSchema = invitationDocSchema
  .omit({ redemptions: true })
  .extend({ status, used: z.int().min(0).meta({ description: 'How many have redeemed it.' }) })
  .meta({ id: 'Invitation' });

/** An invitation alone, with who has redeemed it. */
export const invitationSchema = invitationDocSchema.extend({ status, used: z.int().min(0) }).meta({ id: 'InvitationInFull' });

export function shownInvitation(doc: InvitationDoc, at: string) {
  const used = doc.redemptions.length;
  return { ...doc, used, status: invitationStatus({ ...doc, used, revoked: doc.revokedAt !== null }, at) };
}

/** Which organizations a list may look into: asking for another one than one's own finds nothing. */
export function lookedInto(organization: string | undefined, reach: Reach): Conditions {
  if (reach.kind === 'tenant') return organization === undefined ? {} : { organization: { equal: organization } };
  return { organization: { in: organizationsOf(reach).filter((id) => organization === undefined || organization === id) } };
}

/** What a command's guard asks of the invitation before anything is decided. @throws `invitation.not-found` */
export function invitationVisible(ctx: RequestContext, permission: Permission): (state: InvitationState) => void {
  const reach = reachOf(ctx, permission);
  return ({ organizationId }) => {
    if (!reaches(reach, { organizationId })) invitationErrors.refuse('invitation.not-found');
  };
}

/** The invitation's document. @throws `invitation.not-found` for one that the caller may not know of, as for none. */
export async function visibleInvitation(
  reads: Reads,
  ctx: RequestContext,
  id: string,
): Promise<{ readonly doc: InvitationDoc; readonly asOf: Position }> {
  const { found, asOf } = await reads.get(invitationView, ctx, id);
  if (!found || !reaches(reachOf(ctx, 'invitation.read'), { organizationId: found.doc.organizationId })) {
    return invitationErrors.refuse('invitation.not-found');
  }
  return { doc: found.doc, asOf };
}
