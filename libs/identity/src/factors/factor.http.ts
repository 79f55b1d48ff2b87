// A person's doors to his second factors, and the one by which somebody else takes them from him.
import { Body, Controller, Get, Param, Post } from '@nestjs/common';
import { Executor } from '#event-store/execute.js';
import { Allow, Authenticated } from '#http/allow.js';
import { changed, read, withCookie } from '#http/answers.js';
import { Ctx } from '#http/ctx.js';
import { Effective } from '#http/effective.js';
import { Reads } from '#http/reads.js';
import type { RequestContext } from '#http/request-context.js';
import { commandAnswer, idParam, noBody, type Id } from '#http/schemas.js';
import { instantSchema, nameSchema } from '#kernel/fields.js';
import { z } from 'zod';
import { Passkeys } from '../passkeys/passkeys.js';
import { Sessions } from '../sessions.js';
import { mustStandAbove } from '../user-above.js';
import { factorIdSchema, factorKindSchema } from '../user.events.js';
import { factorList } from './factor-list.js';
import { codeSchema } from './factor-login.http.js';
import { OwnFactors } from './own-factors.js';
import { RecoveryCodes } from './recovery-codes.js';
import { StepUp } from './step-up.js';

const factorParam = z.strictObject({ factorId: factorIdSchema });
const renameSchema = z.strictObject({ name: nameSchema.nullable() });
const factorsSchema = z.strictObject({
  factors: z.array(
    z.strictObject({
      id: factorIdSchema,
      kind: factorKindSchema,
      name: z.string().nullable(),
      addedAt: instantSchema,
      left: z.int().nullable().meta({ description: 'Of recovery codes: how many are left.' }),
      passkey: z
        .strictObject({
          usedAt: instantSchema.nullable(),
          synced: z.boolean().meta({ description: 'Whether it is on more devices than one.' }),
          host: z.string().meta({ description: 'The host at which it is used; at others browsers do not offer it.' }),
        })
        .nullable(),
    }),
  ),
});
const begunSchema = z.strictObject({
  secret: z.string().meta({ description: 'In base 32, to be typed into the app where no QR code can be read.' }),
  uri: z.string().meta({ description: 'To be shown as a QR code; on a phone, a link.' }),
  expiresAt: instantSchema,
});
const confirmSchema = z.strictObject({
  code: codeSchema,
  name: nameSchema.nullable().default(null).meta({ description: 'What you call it, such as that of the phone.' }),
});
const recoveryCodes = z.array(z.string());
export const addedSchema = z.strictObject({
  factorId: factorIdSchema,
  recoveryCodes: recoveryCodes
    .nullable()
    .meta({ description: 'With the first factor: ten codes for its loss, each good once. Shown this once.' }),
});
const codesSchema = z.strictObject({ recoveryCodes });

@Controller('v1/me/factors')
export class FactorController {
  constructor(
    private readonly own: OwnFactors,
    private readonly stepUp: StepUp,
    private readonly effective: Effective,
    private readonly reads: Reads,
  ) {}

  @Post('totp/begin')
  @Authenticated({
    stepUp: true,
    summary: 'Begin to add an authenticator app',
    description: 'Draws a secret for the app. It counts once a code of it was given, by `confirm` within ten minutes.',
    credentials: ['session'],
    whileDue: true,
    query: true,
    answer: begunSchema,
  })
  async begin(@Body({ schema: noBody }) _body: object, @Ctx() ctx: RequestContext) {
    const { minPosition } = await this.reads.upToDate(ctx);
    return read(await this.own.beginTotp(ctx.tenant, ctx.principal.person!.contactId, ctx.now), minPosition!);
  }

  @Post('totp/confirm')
  @Authenticated({
    summary: 'Add the authenticator app by a code of it',
    description:
      'In the place of one that was added before. From then on a login asks for a code. The session goes on under a new cookie.',
    credentials: ['session'],
    whileDue: true,
    query: true,
    example: { code: '492039', name: "Grace's phone" },
    answer: addedSchema,
    refusals: [
      'factor.not-begun',
      'factor.wrong',
      'factor.too-many',
      ...['command.contended', 'precondition.failed', 'access.not-effective'],
    ],
  })
  async confirm(@Body({ schema: confirmSchema }) { code, name }: z.output<typeof confirmSchema>, @Ctx() ctx: RequestContext) {
    const added = await this.own.confirmTotp(ctx, ctx.principal.person!.contactId, code, name);
    await this.effective.once(ctx, Promise.resolve(added.outcome));
    const { cookie } = await this.stepUp.done(ctx, 'totp');
    const { factorId, recoveryCodes: codes, outcome } = added;
    return withCookie(read({ factorId, recoveryCodes: codes && [...codes] }, outcome.position), cookie);
  }

  @Post('recovery-codes')
  @Authenticated({
    stepUp: true,
    summary: 'Have new recovery codes made',
    description: 'Ten, each good once in the place of another factor; those before are good no more. Shown this once.',
    credentials: ['session'],
    query: true,
    answer: codesSchema,
    refusals: ['factor.none', 'command.contended', 'precondition.failed'],
  })
  async renewCodes(@Body({ schema: noBody }) _body: object, @Ctx() ctx: RequestContext) {
    const { codes, outcome } = await this.own.renewRecoveryCodes(ctx, ctx.principal.person!.contactId);
    return read({ recoveryCodes: [...codes] }, outcome.position);
  }

  @Post(':factorId/remove')
  @Authenticated({
    stepUp: true,
    summary: 'Remove one of your factors',
    description: 'With the last app or passkey the recovery codes go too. Who must have a factor adds another one next.',
    credentials: ['session'],
    answer: commandAnswer,
    refusals: ['factor.not-found', 'factor.last-way-in', 'access.not-effective'],
  })
  async remove(
    @Param({ schema: factorParam }) { factorId }: z.output<typeof factorParam>,
    @Body({ schema: noBody }) _body: object,
    @Ctx() ctx: RequestContext,
  ) {
    const removing = this.own.remove(ctx, ctx.principal.person!.contactId, factorId);
    return changed(await this.effective.once(ctx, removing));
  }
}

@Controller('v1/me/factors')
export class FactorNameController {
  constructor(private readonly own: OwnFactors) {}

  @Post(':factorId/rename')
  @Authenticated({
    summary: 'Rename one of your factors',
    credentials: ['session'],
    example: { name: 'The key in the drawer' },
    answer: commandAnswer,
    refusals: ['factor.not-found'],
  })
  async rename(
    @Param({ schema: factorParam }) { factorId }: z.output<typeof factorParam>,
    @Body({ schema: renameSchema }) { name }: z.output<typeof renameSchema>,
    @Ctx() ctx: RequestContext,
  ) {
    return changed(await this.own.rename(ctx, ctx.principal.person!.contactId, factorId, name));
  }
}

@Controller('v1')
export class FactorListController {
  constructor(
    private readonly executor: Executor,
    private readonly recoveryCodes: RecoveryCodes,
    private readonly passkeys: Passkeys,
    private readonly reads: Reads,
  ) {}

  @Get('me/factors')
  @Authenticated({
    summary: 'Your second factors',
    credentials: ['session'],
    whileDue: true,
    answer: factorsSchema,
  })
  async list(@Ctx() ctx: RequestContext) {
    const { tenant, now, principal } = ctx;
    const userId = principal.person!.contactId;
    const { minPosition } = await this.reads.upToDate(ctx);
    const listed = await this.executor.stateOf(factorList, tenant, userId);
    const leftOf = ({ id, kind }: (typeof listed)[number]) =>
      kind === 'recovery-codes' ? this.recoveryCodes.left({ tenant, userId, factorId: id }, now) : null;
    const passkeys = new Map((await this.passkeys.of({ tenant, userId }, now)).map((each) => [each.factorId, each]));
    const passkeyOf = ({ id }: (typeof listed)[number]) => {
      const { usedAt, synced, host } = passkeys.get(id) ?? {};
      return host === undefined ? null : { usedAt: usedAt!, synced: synced!, host };
    };
    const factors = await Promise.all(
      listed.map(async (each) => ({ ...each, left: await leftOf(each), passkey: passkeyOf(each) })),
    );
    return read({ factors }, minPosition!);
  }
}

@Controller('v1/users/:id')
export class UserFactorController {
  constructor(
    private readonly own: OwnFactors,
    private readonly sessions: Sessions,
    private readonly reads: Reads,
    private readonly effective: Effective,
  ) {}

  @Post('reset-factors')
  @Allow('user.reset-password', {
    stepUp: true,
    summary: 'Take all second factors of a user',
    description: 'For who has lost them. His sessions end; he logs in by his first factor and adds another second one.',
    answer: commandAnswer,
    refusals: ['user.not-found', 'user.of-others', 'user.more-than-yours', 'access.not-effective'],
  })
  async reset(@Param({ schema: idParam }) { id }: Id, @Body({ schema: noBody }) _body: object, @Ctx() ctx: RequestContext) {
    await mustStandAbove(this.reads, ctx, 'user.reset-password', id);
    const outcome = await this.effective.once(ctx, this.own.reset(ctx, id));
    if (outcome.events.length > 0 && !outcome.replayed) await this.sessions.endAll(ctx.tenant, id, ctx.now);
    return changed(outcome);
  }
}
