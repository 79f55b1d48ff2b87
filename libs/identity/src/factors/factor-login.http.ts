// Doors at which a second factor is given: to log in, and to prove once more who one is.
import { Body, Controller, Post } from '@nestjs/common';
import { Authenticated, Public } from '#http/allow.js';
import { read, withCookie } from '#http/answers.js';
import { Ctx } from '#http/ctx.js';
import { Reads } from '#http/reads.js';
import type { RequestContext } from '#http/request-context.js';
import { instantSchema } from '#kernel/fields.js';
import { z } from 'zod';
import { accessView } from '../access.view.js';
import { loginErrors } from '../login.errors.js';
import { signedIn, signedInSchema } from '../login.http.js';
import { passwordSchema } from '../password-fields.js';
import { PasswordLogin } from '../password-login.js';
import { factorErrors } from './factor.errors.js';
import { FactorLogin } from './factor-login.js';
import { Factors } from './factors.js';
import { StepUp } from './step-up.js';

export const codeSchema = z
  .string()
  .regex(/^\s*\d{3}\s?\d{3}\s*$/, 'must be the six digits that the app shows')
  .transform((code) => code.replace(/\s/g, ''))
  .meta({ description: 'Six digits of the authenticator app.' });
const byCode = z.strictObject({ code: codeSchema });
const byRecoveryCode = z.strictObject({
  recoveryCode: z.string().min(1).max(100).meta({ description: 'In any case, with spaces and hyphens or without.' }),
});
const byPassword = z.strictObject({ password: passwordSchema });

const factorSchema = z.union([byCode, byRecoveryCode]);
const stepUpSchema = z.union([byPassword, byCode, byRecoveryCode]);

export const steppedUpSchema = z.strictObject({
  authenticatedAt: instantSchema,
  factors: z.array(z.string()).meta({ description: 'By what he has proved who he is in this session.' }),
});

@Controller('v1/login/factor')
export class FactorLoginController {
  constructor(
    private readonly login: FactorLogin,
    private readonly factors: Factors,
  ) {}

  @Post()
  @Public({
    summary: 'Log in by a second factor',
    description:
      'After a first step that answered `next: factor` (or `?proof=factor`), from the same browser, within five minutes: by a code of the authenticator app, or by a recovery code, which is used up.',
    ownPages: true,
    example: { code: '492039' },
    answer: signedInSchema,
    refusals: [
      ...['auth.cross-site', 'auth.tenant-required', 'login.not-pending', 'login.factor-wrong'],
      ...Object.keys(loginErrors.table).filter((code) => code.startsWith('login.') && code !== 'login.failed'),
    ],
  })
  async prove(@Body({ schema: factorSchema }) given: z.output<typeof factorSchema>, @Ctx() ctx: RequestContext) {
    const pending = await this.login.pendingOf(ctx);
    const factor = (await this.factors.prove(ctx, pending.userId, given)) ?? factorErrors.refuse('login.factor-wrong');
    const done = await this.login.finish(ctx, pending, factor);
    return signedIn(done.signedIn, done.gone);
  }
}

@Controller('v1/me/step-up')
export class StepUpController {
  constructor(
    private readonly password: PasswordLogin,
    private readonly factors: Factors,
    private readonly stepUp: StepUp,
    private readonly reads: Reads,
  ) {}

  @Post()
  @Authenticated({
    summary: 'Prove once more who you are',
    description:
      'By the password, a code of the authenticator app, or a recovery code. For what is asked for with `auth.step-up-needed`, and for a session in which a second factor is due. The session goes on under a new cookie.',
    credentials: ['session'],
    whileDue: true,
    query: true,
    example: { code: '492039' },
    answer: steppedUpSchema,
    refusals: ['password.wrong', 'factor.wrong', 'login.throttled', 'login.busy'],
  })
  async prove(@Body({ schema: stepUpSchema }) given: z.output<typeof stepUpSchema>, @Ctx() ctx: RequestContext) {
    const done = await this.stepUp.done(ctx, await this.proved(ctx, given));
    const { asOf } = await this.reads.getMany(accessView, ctx, []);
    const { authenticatedAt, factors } = done.session;
    return withCookie(read({ authenticatedAt, factors: [...factors] }, asOf), done.cookie);
  }

  private async proved(ctx: RequestContext, given: z.output<typeof stepUpSchema>): Promise<string> {
    const { contactId } = ctx.principal.person!;
    if (!('password' in given)) return (await this.factors.prove(ctx, contactId, given)) ?? factorErrors.refuse('factor.wrong');
    await this.password.proveAgain(ctx, contactId, given.password);
    return 'password';
  }
}
