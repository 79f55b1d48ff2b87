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
import type { Permission } from '#kernel/permissions.js';
import { z } from 'zod';
import { license } from './license.js';

const { commands } = license;
type Command = keyof typeof commands;
type Data<K extends Command> = CommandData<typeof commands, K>;

const unrevoked = ['license.not-found', 'license.archived', 'license.revoked'];
const dated = [...unrevoked, 'license.in-the-past'];
const revealed = commandAnswer.extend({ key: z.string() });

@Controller('v1/licenses/:id')
export class LicenseCommandsController {
  constructor(private readonly commands: Commands) {}

  @Post('suspend')
  @Allow('license.suspend', {
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
    return this.change('license.suspend', id, 'suspend', body, ctx);
  }

  @Post('resume')
  @Allow('license.suspend', { summary: 'End a suspension, now or later', answer: commandAnswer, refusals: dated })
  resume(
    @Param({ schema: idParam }) { id }: Id,
    @Body({ schema: commands.resume }) body: Data<'resume'>,
    @Ctx() ctx: RequestContext,
  ) {
    return this.change('license.suspend', id, 'resume', body, ctx);
  }

  @Post('revoke')
  @Allow('license.revoke', {
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
    return this.change('license.revoke', id, 'revoke', body, ctx);
  }

  @Post('undo-revocation')
  @Allow('license.revoke', {
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
    return this.change('license.revoke', id, 'undoRevocation', body, ctx);
  }

  @Post('renew')
  @Allow('license.manage', {
    summary: 'Renew a license by a period',
    answer: commandAnswer,
    refusals: [...unrevoked, 'license.runs-for-ever', 'license.period-needed'],
  })
  renew(
    @Param({ schema: idParam }) { id }: Id,
    @Body({ schema: commands.renew }) body: Data<'renew'>,
    @Ctx() ctx: RequestContext,
  ) {
    return this.change('license.manage', id, 'renew', body, ctx);
  }

  @Post('set-expiry')
  @Allow('license.manage', {
    summary: 'Set or lift the end of a license or of its maintenance',
    answer: commandAnswer,
    refusals: [...unrevoked, 'license.ends-before-start'],
  })
  setExpiry(
    @Param({ schema: idParam }) { id }: Id,
    @Body({ schema: commands.setExpiry }) body: Data<'setExpiry'>,
    @Ctx() ctx: RequestContext,
  ) {
    return this.change('license.manage', id, 'setExpiry', body, ctx);
  }

  @Post('change-owner')
  @Allow('license.manage', {
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
    return this.change('license.manage', id, 'changeOwner', body, ctx);
  }

  @Post('override-limits')
  @Allow('license.manage', {
    summary: 'Let limits differ from the terms, now or later; null = as the terms say again',
    answer: commandAnswer,
    refusals: [...dated, 'license.limits-do-not-fit', 'license.too-many-scheduled'],
  })
  overrideLimits(
    @Param({ schema: idParam }) { id }: Id,
    @Body({ schema: commands.overrideLimits }) body: Data<'overrideLimits'>,
    @Ctx() ctx: RequestContext,
  ) {
    return this.change('license.manage', id, 'overrideLimits', body, ctx);
  }

  @Post('archive')
  @Allow('license.manage', {
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
    return this.change('license.manage', id, 'archive', body, ctx);
  }

  @Post('reveal-key')
  @Allow('license.reveal-key', {
    summary: 'See the whole key; each time is recorded',
    answer: revealed,
    refusals: ['license.not-found'],
  })
  async revealKey(
    @Param({ schema: idParam }) { id }: Id,
    @Body({ schema: commands.revealKey }) body: Data<'revealKey'>,
    @Ctx() ctx: RequestContext,
  ) {
    requireTenant(ctx, 'license.reveal-key');
    const outcome = await this.commands.send(license, id, 'revealKey', body, ctx);
    return changed(outcome, { id, revision: outcome.revision, key: outcome.state!.key });
  }

  private async change<K extends Command>(permission: Permission, id: string, command: K, body: Data<K>, ctx: RequestContext) {
    requireTenant(ctx, permission);
    return changed(await this.commands.send(license, id, command, body, ctx));
  }
}
