// What the doors to invitations do beside the rules: they find out for which organization somebody is invited, draw the
// code, and see that it goes out.
import type { Executor, Outcome } from '#event-store/execute.js';
import type { Keyring } from '#event-store/keyring.js';
import type { Commands } from '#http/commands.js';
import { reaches, reachOf } from '#http/reach.js';
import type { Reads } from '#http/reads.js';
import type { RequestContext } from '#http/request-context.js';
import type { DataOf } from '#kernel/events.js';
import { ERASED } from '#kernel/fields.js';
import type { Outbox } from '#mail/outbox.js';
import type { z } from 'zod';
import { accessView } from './access.view.js';
import { heldIn } from './held.js';
import { makeCode, type InvitationCode } from './invitation-code.js';
import { invitationErrors } from './invitation.errors.js';
import type { invitationEvents } from './invitation.events.js';
import { groupFact, invitationFacts } from './invitation.facts.js';
import { invitationMail } from './invitation.mail.js';
import { invitation, type InvitationState, type newInvitationSchema, type resendSchema } from './invitation.js';

/** What came of inviting: the code where it was not mailed. */
export interface Invited {
  readonly outcome: Outcome<InvitationState>;
  readonly code: string | null;
  readonly link: string | null;
}

type NewInvitation = z.output<typeof newInvitationSchema>;
type Sent = DataOf<typeof invitationEvents, 'InvitationResent'>;

export class Inviting {
  constructor(
    private readonly commands: Commands,
    private readonly reads: Reads,
    private readonly executor: Executor,
    private readonly secrets: { readonly keyring: Keyring; readonly outbox: Outbox },
  ) {}

  /** @throws `invitation.…` */
  async invite(ctx: RequestContext, id: string, body: NewInvitation): Promise<Invited> {
    const organizationId = await this.organizationFor(ctx, body);
    await this.mustBeGroupsOf(ctx.tenant, organizationId, body.groups);
    const code = await this.codeFor(ctx, id, body.mail ?? body.kind === 'single');
    const held = heldIn(ctx, organizationId === null ? [] : [organizationId]);
    const inviter = ctx.principal.person?.contactId ?? null;
    const data = { ...body, organizationId, codeHash: code.codeHash, inviter, held };
    return this.sent(ctx, await this.commands.send(invitation, id, 'invite', data, ctx), code);
  }

  /** @throws `invitation.…` */
  async resend(
    ctx: RequestContext,
    id: string,
    { mail, expiresAt }: z.output<typeof resendSchema>,
    guard: (state: InvitationState) => void,
  ): Promise<Invited> {
    const { kind } = await this.executor.stateOf(invitation, ctx.tenant, id);
    const code = await this.codeFor(ctx, id, mail ?? kind === 'single');
    const data = { codeHash: code.codeHash, mail, expiresAt };
    const outcome = await this.commands.send(invitation, id, 'resend', data, ctx, { guard });
    return this.sent(ctx, outcome, code);
  }

  /**
   * For which organization a contact is invited where the caller names none: the only one that he belongs to, as far as
   * the caller knows.
   */
  private async organizationFor(ctx: RequestContext, { contactId, organizationId }: NewInvitation): Promise<string | null> {
    const reach = reachOf(ctx, 'invitation.manage');
    if (organizationId !== null) {
      if (!reaches(reach, { organizationId })) invitationErrors.refuse('invitation.organization-unknown');
      return organizationId;
    }
    if (contactId === null) return null;
    const { found } = await this.reads.get(accessView, await this.reads.upToDate(ctx), contactId);
    const known = (found?.doc.organizations ?? []).filter(({ id }) => reaches(reach, { organizationId: id }));
    if (known.length > 1) invitationErrors.refuse('invitation.organization-required');
    if (known.length === 0 && reach.kind !== 'tenant') invitationErrors.refuse('invitation.contact-unknown');
    return known[0]?.id ?? null;
  }

  /** A group stays with its organization for ever, so what is seen here still holds when the rule decides. */
  private async mustBeGroupsOf(tenant: string, organizationId: string | null, groups: readonly string[]): Promise<void> {
    for (const id of organizationId === null ? [] : groups) {
      const group = await this.executor.stateOf(groupFact, tenant, id);
      if (group.organizationId !== organizationId) invitationErrors.refuse('invitation.group-unknown', undefined, { group: id });
    }
  }

  private codeFor({ tenant, command }: RequestContext, id: string, mailed: boolean): Promise<InvitationCode> {
    return makeCode(this.secrets.keyring, tenant, id, { commandId: command.commandId, mailed });
  }

  private async sent(ctx: RequestContext, outcome: Outcome<InvitationState>, { code }: InvitationCode): Promise<Invited> {
    const { ownAddress } = ctx.client();
    const page = ownAddress === null ? null : `${ownAddress}/t/${ctx.tenant}/invite`;
    const { mailedTo, expiresAt } = outcome.events[0]!.data as Sent;
    if (mailedTo === null) return { outcome, code, link: page && `${page}#${code}` };
    const { contactId, organizationId, inviter, message } = outcome.state;
    const { tenant } = ctx;
    const [contact, organization, by, vendor] = await Promise.all([
      this.executor.stateOf(invitationFacts.contact, tenant, contactId!),
      organizationId === null ? null : this.executor.stateOf(invitationFacts.organization, tenant, organizationId),
      inviter === null ? null : this.executor.stateOf(invitationFacts.contact, tenant, inviter),
      this.executor.stateOf(invitationFacts.tenant, tenant, tenant),
    ]);
    const names = {
      vendor: vendor.name,
      organization: organization?.name ?? null,
      inviter: by && by.name !== ERASED ? by.name : null,
    };
    const values = { ...names, reader: contact.name, message: message === ERASED ? null : message, page, code, expiresAt };
    const to = { contactId: contactId!, address: mailedTo, name: contact.name };
    const key = `invitation/${outcome.id}/${ctx.command.commandId}`;
    const about = inviter === null ? [] : [inviter];
    const mail = { tenant, to, about, template: invitationMail, values, key, until: expiresAt };
    await this.secrets.outbox.queue(mail, ctx.now);
    return { outcome, code: null, link: null };
  }
}
