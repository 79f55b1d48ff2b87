// Doors to passwords: one's own, and those that staff gives.
import { Body, Controller, Param, Post } from '@nestjs/common';
import { Allow, Authenticated } from '#http/allow.js';
import { changed } from '#http/answers.js';
import { Ctx } from '#http/ctx.js';
import { Effective } from '#http/effective.js';
import { Reads } from '#http/reads.js';
import type { RequestContext } from '#http/request-context.js';
import { commandAnswer, idParam, noBody, type Id } from '#http/schemas.js';
import { z } from 'zod';
import { signedIn, signedInSchema } from './login.http.js';
import { loginErrors } from './login.errors.js';
import { PasswordChange } from './password-change.js';
import { passwordSchema } from './password-fields.js';
import { PasswordLogin } from './password-login.js';
import { mustBeRecent } from './recent-login.js';
import { SignIn } from './sign-in.js';
import { mustStandAbove } from './user-above.js';

const changeSchema = z.strictObject({
  current: passwordSchema.optional().meta({ description: 'The one that you have; absent: you have none.' }),
  next: passwordSchema,
  endTokens: z.boolean().default(false).meta({ description: 'Whether the API tokens that act as you end, too.' }),
});
const setSchema = z.strictObject({ password: passwordSchema });
const policy = ['password.too-short', 'password.too-long', 'password.too-easy', 'login.busy'];

@Controller('v1/me/password')
export class OwnPasswordController {
  constructor(
    private readonly login: PasswordLogin,
    private readonly change: PasswordChange,
    private readonly signIn: SignIn,
    private readonly effective: Effective,
  ) {}

  @Post()
  @Authenticated({
    summary: 'Change your own password, or choose your first one',
    description:
      'All other sessions end; this one goes on under a new cookie. Whoever has none, because he logs in by a provider, chooses one within ten minutes of his last login.',
    credentials: ['session'],
    whileDue: true,
    answer: signedInSchema,
    refusals: [
      ...['password.wrong', 'password.current-missing', 'password.unchanged', 'login.not-recent', 'login.throttled'],
      ...[...policy, 'access.not-effective'],
    ],
  })
  async set(@Body({ schema: changeSchema }) body: z.output<typeof changeSchema>, @Ctx() ctx: RequestContext) {
    const { current, next, endTokens } = body;
    const { contactId: userId, factors } = ctx.principal.person!;
    if (current === undefined) await this.mayChooseFirst(ctx, userId);
    else await this.login.proveAgain(ctx, userId, current);
    if (current?.normalize('NFC') === next.normalize('NFC')) loginErrors.refuse('password.unchanged');
    const outcome = await this.effective.once(ctx, this.change.set(ctx, userId, next, 'self', { endTokens }));
    const renewed = await this.signIn.renew(ctx, { userId, factors, authenticatedAt: ctx.now });
    return signedIn({ ...renewed, mustChangePassword: false, outcome });
  }

  /** @throws `password.current-missing` where he has one; `login.not-recent` */
  private async mayChooseFirst(ctx: RequestContext, userId: string): Promise<void> {
    if (await this.login.hasPassword(ctx.tenant, userId)) loginErrors.refuse('password.current-missing');
    mustBeRecent(ctx);
  }
}

@Controller('v1/users/:id')
export class UserPasswordController {
  constructor(
    private readonly change: PasswordChange,
    private readonly reads: Reads,
    private readonly effective: Effective,
  ) {}

  @Post('set-password')
  @Allow('user.reset-password', {
    stepUp: true,
    summary: 'Give a user a password',
    description: 'He must change it when he first logs in with it. His sessions end.',
    example: { password: 'violet tram under rain' },
    answer: commandAnswer,
    refusals: ['user.not-found', 'user.of-others', 'user.more-than-yours', ...policy, 'access.not-effective'],
  })
  async set(
    @Param({ schema: idParam }) { id }: Id,
    @Body({ schema: setSchema }) { password }: z.output<typeof setSchema>,
    @Ctx() ctx: RequestContext,
  ) {
    await mustStandAbove(this.reads, ctx, 'user.reset-password', id);
    return changed(await this.effective.once(ctx, this.change.set(ctx, id, password, 'staff')));
  }

  @Post('remove-password')
  @Allow('user.reset-password', {
    stepUp: true,
    summary: 'Take the password of a user',
    description: 'He logs in by other ways then, such as a provider. His sessions end.',
    answer: commandAnswer,
    refusals: ['user.not-found', 'user.of-others', 'user.more-than-yours', 'access.not-effective'],
  })
  async remove(@Param({ schema: idParam }) { id }: Id, @Body({ schema: noBody }) _body: object, @Ctx() ctx: RequestContext) {
    await mustStandAbove(this.reads, ctx, 'user.reset-password', id);
    return changed(await this.effective.once(ctx, this.change.remove(ctx, id, 'staff')));
  }
}
