// Doors to invitations for who invites: the vendor's people for everybody, contacts and organization administrators for
// their own organizations.
import { Body, Controller, Get, Param, Post, Query } from '@nestjs/common';
import { Allow } from '#http/allow.js';
import { changed, created, listed, read } from '#http/answers.js';
import { Commands } from '#http/commands.js';
import { Ctx } from '#http/ctx.js';
import { instantOf, listQuery, page, paging, words } from '#http/paging.js';
import { reachOf } from '#http/reach.js';
import { Reads } from '#http/reads.js';
import type { RequestContext } from '#http/request-context.js';
import { commaList, commandAnswer, idParam, noBody, revisionSchema, type Id } from '#http/schemas.js';
import { instantSchema } from '#kernel/fields.js';
import { deriveId, idSchema } from '#kernel/ids.js';
import { asked, searchFor } from '#read-models/search.js';
import { z } from 'zod';
import {
  invitationItemSchema,
  invitationSchema,
  invitationVisible,
  lookedInto,
  shownInvitation,
  visibleInvitation,
} from './invitation-reads.js';
import { INVITATION_STATUSES, whereInvitationStatus } from './invitation-status.js';
import { invitationKindSchema } from './invitation.events.js';
import { invitation, newInvitationSchema, resendSchema } from './invitation.js';
import { invitationView } from './invitation.view.js';
import { Inviting, type Invited } from './inviting.js';

const sentSchema = z.strictObject({
  id: idSchema,
  revision: revisionSchema,
  expiresAt: instantSchema,
  code: z.string().nullable().meta({ description: 'Null where it was mailed to the contact, and is shown to nobody else.' }),
  link: z.string().nullable().meta({
    description:
      'What the contact opens, with the code behind the #. Null where the server does not know its own address, which PUBLIC_URL tells it.',
  }),
});

const invitationsQuery = listQuery({
  sort: ['name', 'createdAt', 'expiresAt'],
  defaultSort: '-createdAt',
  filters: {
    status: commaList(z.enum(INVITATION_STATUSES)).optional(),
    kind: invitationKindSchema.optional(),
    organization: idSchema.optional(),
    contact: idSchema.optional(),
    q: words('the name'),
  },
});

const codesOf = (...names: string[]) => names.map((name) => `invitation.${name}`);
const over = codesOf('not-found', 'revoked', 'redeemed', 'used-up');
const people = codesOf('contact-archived', 'not-member', 'contact-has-user', 'organization-archived');
const needs = [
  ...people,
  ...codesOf('account-missing', 'not-synchronized', 'login-closed', 'kind-not-fitting', 'expiry-not-fitting'),
];
const wanted = codesOf('contact-unknown', 'organization-unknown', 'organization-required');
const given = codesOf('role-unknown', 'role-not-fitting', 'group-unknown', 'more-than-yours');

function sent({ outcome, code, link }: Invited) {
  const { id, revision, state } = outcome;
  return { id, revision, expiresAt: state.expiresAt, code, link };
}

@Controller('v1/invitations')
export class InvitationController {
  constructor(
    private readonly commands: Commands,
    private readonly reads: Reads,
    private readonly inviting: Inviting,
  ) {}

  @Get()
  @Allow('invitation.read', { summary: 'List invitations', list: invitationItemSchema })
  async list(@Query({ schema: invitationsQuery }) query: z.output<typeof invitationsQuery>, @Ctx() ctx: RequestContext) {
    const at = instantOf(query, ctx);
    const { status, kind, organization, contact, q } = query;
    const statuses = status ? [status.map((each) => whereInvitationStatus(each, at))] : [];
    const found = await this.reads.find(invitationView, ctx, {
      all: {
        ...lookedInto(organization, reachOf(ctx, 'invitation.read')),
        ...asked({ kind: { equal: kind }, contact: { equal: contact } }),
      },
      any: [...statuses, ...searchFor('words', q)],
      ...paging(query, ctx),
    });
    return listed(page(found, query, ctx, ({ doc }) => withoutRedemptions(shownInvitation(doc, at))));
  }

  @Get(':id')
  @Allow('invitation.read', {
    summary: 'Read an invitation, with who has redeemed it',
    answer: invitationSchema,
    refusals: codesOf('not-found'),
  })
  async get(@Param({ schema: idParam }) { id }: Id, @Ctx() ctx: RequestContext) {
    const { doc, asOf } = await visibleInvitation(this.reads, ctx, id);
    return read(shownInvitation(doc, ctx.now), asOf, doc.revision);
  }

  @Post()
  @Allow('invitation.manage', {
    summary: 'Invite a contact, or contacts of an organization',
    description:
      'A single invitation is mailed to the address of its contact unless you want the code yourself; then he proves his mailbox when he redeems it. A group invitation answers its code to you, and whoever redeems it proves the address of a contact of the organization. Nobody gives a right that he has not.',
    example: {
      kind: 'single',
      contactId: '01jq0000000000000000000201',
      name: 'Grace of Globex',
      roles: ['customer-representative'],
    },
    status: 201,
    answer: sentSchema,
    refusals: [...wanted, ...needs, ...given],
  })
  async invite(@Body({ schema: newInvitationSchema }) body: z.output<typeof newInvitationSchema>, @Ctx() ctx: RequestContext) {
    const id = deriveId(ctx.command.commandId, 'invitation');
    const invited = await this.inviting.invite(ctx, id, body);
    return created(invited.outcome, `/v1/invitations/${id}`, sent(invited));
  }

  @Post(':id/resend')
  @Allow('invitation.manage', {
    summary: 'Send an invitation again',
    description: 'It has a new code and a new end; the old code and link stop working.',
    answer: sentSchema,
    refusals: [...over, ...needs],
  })
  async resend(
    @Param({ schema: idParam }) { id }: Id,
    @Body({ schema: resendSchema }) body: z.output<typeof resendSchema>,
    @Ctx() ctx: RequestContext,
  ) {
    const guard = invitationVisible(ctx, 'invitation.manage');
    const again = await this.inviting.resend(ctx, id, body, guard);
    return changed(again.outcome, sent(again));
  }

  @Post(':id/revoke')
  @Allow('invitation.manage', {
    summary: 'Revoke an invitation',
    description: 'Nobody redeems it any more. Who has redeemed it keeps his user; to take that back, undo the redemption.',
    answer: commandAnswer,
    refusals: codesOf('not-found', 'redeemed'),
  })
  async revoke(@Param({ schema: idParam }) { id }: Id, @Body({ schema: noBody }) _body: object, @Ctx() ctx: RequestContext) {
    const guard = invitationVisible(ctx, 'invitation.manage');
    return changed(await this.commands.send(invitation, id, 'revoke', {}, ctx, { guard }));
  }
}

function withoutRedemptions({ redemptions: _who, ...item }: ReturnType<typeof shownInvitation>) {
  return item;
}
