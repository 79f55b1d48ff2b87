// What a vendor does with a license. Customers never create, revoke, edit or renew one: these doors want a
// credential that reaches the whole tenant.
import { Body, Controller, Param, Post } from '@nestjs/common';
import { Allow } from '#http/allow.js';
import { changed } from '#http/answers.js';
import { Commands } from '#http/commands.js';
import { Ctx } from '#http/ctx.js';
import { requireTenant } from '#http/reach.js';
import type { RequestContext } from '#http/request-context.js';
import { commandAnswer, idParam, type Id } from '#http/schemas.js';
import type { CommandData } from '#kernel/aggregate.js';
import { z } from 'zod';
import { VENDOR_COMMANDS, type VendorCommand } from './license-allowed.js';
import { license } from './license.js';

const { commands } = license;
type Data<K extends VendorCommand> = CommandData<typeof commands, K>;

const unrevoked = ['license.not-found', 'license.archived', 'license.revoked'];
const dated = [...unrevoked, 'license.in-the-past'];
const revealed = commandAnswer.extend({ key: z.string() });

@Controller('v1/licenses/:id')
export class LicenseCommandsController {
  constructor(private readonly commands: Commands) {}

  @Post('suspend')
  @Allow(VENDOR_COMMANDS.suspend, {
    summary: 'Suspend a license, now or later, for a time or until it is resumed',
    description:
      'A license has one suspension at a time. Without `from`, the end of one in force is moved; one with a later `from` prolongs it, and never lifts or shortens it. One that is still to come is moved.',
    answer: commandAnswer,
    refusals: [...dated, 'license.empty-span', 'license.suspension-in-force'],
  })
  suspend(
    @Param({ schema: idParam }) { id }: Id,
    @Body({ schema: commands.suspend }) body: Data<'suspend'>,
    @Ctx() ctx: RequestContext,
  ) {
    return this.change('suspend', id, body, ctx);
  }

  @Post('resume')
  @Allow(VENDOR_COMMANDS.resume, { summary: 'End a suspension, now or later', answer: commandAnswer, refusals: dated })
  resume(
    @Param({ schema: idParam }) { id }: Id,
    @Body({ schema: commands.resume }) body: Data<'resume'>,
    @Ctx() ctx: RequestContext,
  ) {
    return this.change('resume', id, body, ctx);
  }

  @Post('revoke')
  @Allow(VENDOR_COMMANDS.revoke, {
    stepUp: true,
    summary: 'Revoke a license, now or later',
    description: 'All its activations end with it.',
    answer: commandAnswer,
    refusals: ['license.not-found', 'license.archived', 'license.in-the-past'],
  })
  revoke(
    @Param({ schema: idParam }) { id }: Id,
    @Body({ schema: commands.revoke }) body: Data<'revoke'>,
    @Ctx() ctx: RequestContext,
  ) {
    return this.change('revoke', id, body, ctx);
  }

  @Post('undo-revocation')
  @Allow(VENDOR_COMMANDS.undoRevocation, {
    stepUp: true,
    summary: 'Take a revocation back',
    description: 'Activations that have ended stay ended.',
    answer: commandAnswer,
    refusals: ['license.not-found', 'license.archived'],
  })
  undoRevocation(
    @Param({ schema: idParam }) { id }: Id,
    @Body({ schema: commands.undoRevocation }) body: Data<'undoRevocation'>,
    @Ctx() ctx: RequestContext,
  ) {
    return this.change('undoRevocation', id, body, ctx);
  }

  @Post('renew')
  @Allow(VENDOR_COMMANDS.renew, {
    summary: 'Renew a license by a period',
    answer: commandAnswer,
    refusals: [...unrevoked, 'license.runs-for-ever', 'license.period-needed'],
  })
  renew(
    @Param({ schema: idParam }) { id }: Id,
    @Body({ schema: commands.renew }) body: Data<'renew'>,
    @Ctx() ctx: RequestContext,
  ) {
    return this.change('renew', id, body, ctx);
  }

  @Post('set-expiry')
  @Allow(VENDOR_COMMANDS.setExpiry, {
    summary: 'Set or lift the end of a license or of its maintenance',
    answer: commandAnswer,
    refusals: [...unrevoked, 'license.ends-before-start'],
  })
  setExpiry(
    @Param({ schema: idParam }) { id }: Id,
    @Body({ schema: commands.setExpiry }) body: Data<'setExpiry'>,
    @Ctx() ctx: RequestContext,
  ) {
    return this.change('setExpiry', id, body, ctx);
  }

  @Post('change-owner')
  @Allow(VENDOR_COMMANDS.changeOwner, {
    summary: 'Give a license to another organization or contact',
    answer: commandAnswer,
    refusals: [
      ...[...unrevoked, 'license.owner-needed', 'license.unknown-organization', 'license.organization-archived'],
      ...['license.unknown-contact', 'license.contact-archived', 'license.contact-not-member'],
    ],
  })
  changeOwner(
    @Param({ schema: idParam }) { id }: Id,
    @Body({ schema: commands.changeOwner }) body: Data<'changeOwner'>,
    @Ctx() ctx: RequestContext,
  ) {
    return this.change('changeOwner', id, body, ctx);
  }

  @Post('override-limits')
  @Allow(VENDOR_COMMANDS.overrideLimits, {
    summary: 'Let limits differ from the terms, now or later; null = as the terms say again',
    answer: commandAnswer,
    refusals: [...dated, 'license.limits-do-not-fit', 'license.too-many-scheduled'],
  })
  overrideLimits(
    @Param({ schema: idParam }) { id }: Id,
    @Body({ schema: commands.overrideLimits }) body: Data<'overrideLimits'>,
    @Ctx() ctx: RequestContext,
  ) {
    return this.change('overrideLimits', id, body, ctx);
  }

  @Post('archive')
  @Allow(VENDOR_COMMANDS.archive, {
    summary: 'Archive a license',
    description:
      'What other products call deleting: its activations end, and its devices and owners do not find it any more. Its history stays.',
    answer: commandAnswer,
    refusals: ['license.not-found'],
  })
  archive(
    @Param({ schema: idParam }) { id }: Id,
    @Body({ schema: commands.archive }) body: Data<'archive'>,
    @Ctx() ctx: RequestContext,
  ) {
    return this.change('archive', id, body, ctx);
  }

  @Post('reveal-key')
  @Allow(VENDOR_COMMANDS.revealKey, {
    summary: 'See the whole key; each time is recorded',
    answer: revealed,
    refusals: ['license.not-found'],
  })
  async revealKey(
    @Param({ schema: idParam }) { id }: Id,
    @Body({ schema: commands.revealKey }) body: Data<'revealKey'>,
    @Ctx() ctx: RequestContext,
  ) {
    requireTenant(ctx, VENDOR_COMMANDS.revealKey);
    const outcome = await this.commands.send(license, id, 'revealKey', body, ctx);
    return changed(outcome, { id, revision: outcome.revision, key: outcome.state!.key });
  }

  private async change<K extends VendorCommand>(command: K, id: string, body: Data<K>, ctx: RequestContext) {
    requireTenant(ctx, VENDOR_COMMANDS[command]);
    return changed(await this.commands.send(license, id, command, body, ctx));
  }
}
