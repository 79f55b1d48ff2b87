// Doors to invitations for who is invited, and the one that takes a redemption back.
import { Body, Controller, Param, Post } from '@nestjs/common';
import { Allow, Public } from '#http/allow.js';
import { changed } from '#http/answers.js';
import { requestTenant } from '#http/credentials.js';
import { Ctx } from '#http/ctx.js';
import { Effective } from '#http/effective.js';
import type { RequestContext } from '#http/request-context.js';
import { commandAnswer, idParam, type Id } from '#http/schemas.js';
import { emailSchema } from '#kernel/fields.js';
import { itemCommandId } from '#kernel/ids.js';
import { z } from 'zod';
import { invitationVisible } from './invitation-reads.js';
import { invitation } from './invitation.js';
import { lookedUpSchema, Redemptions } from './redemptions.js';
import { entered, enteredSchema } from './login.http.js';
import { loginErrors } from './login.errors.js';
import { passwordSchema } from './password-fields.js';
import { Redeeming } from './redeeming.js';

const codeSchema = z.string().min(1).max(100).meta({ description: 'Out of the link: what stands behind the #.' });
const lookUpSchema = z.strictObject({ code: codeSchema });
const address = emailSchema.nullable().default(null).meta({ description: 'Of a group invitation: whose you are.' });
const proveSchema = z.strictObject({ code: codeSchema, email: address });
/** What is said of an invitation that is redeemed, by whatever way in. */
export const redemptionSchema = z.strictObject({
  code: codeSchema,
  email: address,
  mailboxCode: z
    .string()
    .min(1)
    .max(50)
    .nullable()
    .default(null)
    .meta({ description: 'That was mailed; not needed where the invitation itself was mailed to you.' }),
  confirm: z.boolean().default(false).meta({ description: 'Go on although somebody else is logged in here; he is logged out.' }),
});
const redeemSchema = redemptionSchema.extend({ password: passwordSchema });
const undoSchema = invitation.commands.undo;

const codesOf = (...names: string[]) => names.map((name) => `invitation.${name}`);
/** Why an invitation may be open to nobody. */
export const closedRefusals = [
  'auth.tenant-required',
  ...codesOf('not-found', 'code-replaced', 'revoked', 'redeemed', 'used-up', 'expired'),
];
const person = codesOf(
  'contact-has-user',
  'contact-archived',
  'not-member',
  'organization-archived',
  'login-closed',
  'not-synchronized',
);
const login = Object.keys(loginErrors.table).filter((code) => /^(?:password\.too|login\.)/.test(code));

@Controller('v1/invitations')
export class RedemptionController {
  constructor(
    private readonly redemptions: Redemptions,
    private readonly redeeming: Redeeming,
    private readonly effective: Effective,
  ) {}

  @Post('look-up')
  @Public({
    summary: 'See what an invitation offers',
    description: 'By its code, which is the only thing that opens it. A wrong code is answered like one of no invitation.',
    query: true,
    answer: lookedUpSchema,
    refusals: closedRefusals,
  })
  lookUp(@Body({ schema: lookUpSchema }) { code }: z.output<typeof lookUpSchema>, @Ctx() ctx: RequestContext) {
    requestTenant(ctx.tenant);
    return this.redemptions.lookUp(ctx, code);
  }

  @Post('prove')
  @Public({
    summary: 'Ask for a code to your mailbox',
    description:
      'For an invitation that was not mailed to you. Answers the same to everybody: a code comes to an address under which the vendor knows somebody for whom the invitation is. If none comes, ask whoever invited you whether it is the right address.',
    status: 202,
    answer: z.strictObject({}),
    refusals: closedRefusals,
  })
  async prove(@Body({ schema: proveSchema }) { code, email }: z.output<typeof proveSchema>, @Ctx() ctx: RequestContext) {
    requestTenant(ctx.tenant);
    await this.redemptions.prove(ctx, code, email);
    return {};
  }

  @Post('redeem')
  @Public({
    summary: 'Accept an invitation',
    description:
      'Makes a user of you, with the roles and groups of the invitation, and logs you in. Whoever has the code out of the mail has the mailbox; otherwise it is proven by the code that `prove` mails.',
    ownPages: true,
    answer: enteredSchema,
    refusals: [
      ...['auth.cross-site', ...closedRefusals, ...person, ...login, 'command.contended', 'access.not-effective'],
      ...codesOf('mailbox-unproven', 'domain-not-allowed', 'signed-in-as-another'),
    ],
  })
  async redeem(@Body({ schema: redeemSchema }) body: z.output<typeof redeemSchema>, @Ctx() ctx: RequestContext) {
    const { password, ...redemption } = body;
    const { outcome, contactId } = await this.redemptions.redeem(ctx, { ...redemption, way: { password } });
    await this.effective.once(ctx, Promise.resolve(outcome));
    // A command of its own: the ids of its events must not be those of the redemption.
    const command = { ...ctx.command, commandId: itemCommandId(ctx.command.commandId, 1000) };
    return entered(await this.redemptions.signIn({ ...ctx, command }, contactId));
  }

  @Post(':id/undo')
  @Allow('invitation.manage', {
    summary: 'Undo the redemption of an invitation',
    description:
      'Of the wrong person: the user that it made is removed, his sessions end, and he loses the roles and groups that it gave him. A single invitation must be sent again before somebody else can redeem it.',
    answer: commandAnswer,
    refusals: [...codesOf('not-found', 'not-redeemed-by'), 'command.contended', 'access.not-effective'],
  })
  async undo(
    @Param({ schema: idParam }) { id }: Id,
    @Body({ schema: undoSchema }) { contactId }: z.output<typeof undoSchema>,
    @Ctx() ctx: RequestContext,
  ) {
    const undoing = this.redeeming.undo(ctx, id, contactId, invitationVisible(ctx, 'invitation.manage'));
    return changed(await this.effective.once(ctx, undoing));
  }
}
