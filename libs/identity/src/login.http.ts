// Doors into and out of a session by e-mail and password.
import { Body, Controller, Post } from '@nestjs/common';
import { Authenticated, Public } from '#http/allow.js';
import { changed, withCookie } from '#http/answers.js';
import { Commands } from '#http/commands.js';
import { Ctx } from '#http/ctx.js';
import type { RequestContext } from '#http/request-context.js';
import { noBody } from '#http/schemas.js';
import { emailSchema, instantSchema } from '#kernel/fields.js';
import { idSchema } from '#kernel/ids.js';
import { z } from 'zod';
import { loginErrors } from './login.errors.js';
import { PasswordLogin } from './password-login.js';
import { passwordSchema } from './password-fields.js';
import { personKindSchema } from './role.events.js';
import { Sessions } from './sessions.js';
import { isSignedIn, SignIn, type FactorNeeded, type SignedIn } from './sign-in.js';
import { factorKindSchema } from './user.events.js';
import { user } from './user.js';

const loginSchema = z.strictObject({ email: emailSchema, password: passwordSchema });

export const signedInSchema = z.strictObject({
  userId: idSchema,
  kind: personKindSchema,
  sessionId: idSchema,
  endsAt: instantSchema.meta({ description: 'When the session ends in any case; without requests it ends earlier.' }),
  mustChangePassword: z.boolean().meta({ description: 'Until the password is changed, the session opens nothing else.' }),
  due: z.enum(['password', 'factor']).nullable().meta({
    description:
      'What must be done before the session opens anything else: change the password (POST /v1/me/password), or add a second factor, or prove it (POST /v1/me/factors/totp/begin, POST /v1/me/step-up).',
  }),
});

const factorNeededSchema = z.strictObject({
  next: z.literal('factor').meta({ description: 'There is no session yet: a second factor is to be proved first.' }),
  factors: z.array(factorKindSchema).meta({ description: 'Which he may choose from: POST /v1/login/factor.' }),
  until: instantSchema,
});

/** What every way of logging in answers: a session, or what is still to be proved. */
export const enteredSchema = z.union([signedInSchema, factorNeededSchema]);

type Told = Pick<SignedIn, 'session' | 'cookie' | 'mustChangePassword' | 'due' | 'outcome'>;

/** Somebody is in. `more`: further cookies. */
export function signedIn({ session, cookie, mustChangePassword, due, outcome }: Told, ...more: string[]) {
  const { userId, kind, id, endsAt } = session;
  return withCookie(changed(outcome, { userId, kind, sessionId: id, endsAt, mustChangePassword, due }), cookie, ...more);
}

/** Somebody is in, or has another step to go. */
export function entered(how: SignedIn | FactorNeeded) {
  if (isSignedIn(how)) return signedIn(how);
  return withCookie({ next: 'factor', factors: [...how.kinds], until: how.until }, how.cookie);
}

@Controller('v1')
export class LoginController {
  constructor(
    private readonly login: PasswordLogin,
    private readonly signIn: SignIn,
    private readonly sessions: Sessions,
    private readonly commands: Commands,
  ) {}

  @Post('login')
  @Public({
    summary: 'Log in by e-mail and password',
    description:
      'Begins a session in a cookie; of who has a second factor once he has proved it, by `POST /v1/login/factor` from the same browser. The tenant is named by the host, the header Keyledger-Tenant or the path. Sent from a page of this server, or with `Origin`.',
    ownPages: true,
    example: { email: 'grace@globex.example', password: 'violet tram under rain' },
    answer: enteredSchema,
    refusals: [
      'auth.cross-site',
      'auth.tenant-required',
      ...Object.keys(loginErrors.table).filter((code) => code.startsWith('login.')),
    ],
  })
  async enter(@Body({ schema: loginSchema }) { email, password }: z.output<typeof loginSchema>, @Ctx() ctx: RequestContext) {
    this.signIn.mayTry(ctx);
    const { id } = await this.login.prove(ctx, email, password);
    return entered(await this.signIn.start(ctx, { userId: id, factors: ['password'], authenticatedAt: ctx.now }));
  }

  @Post('logout')
  @Authenticated({
    summary: 'End the session of the request',
    credentials: ['session'],
    whileDue: true,
    status: 204,
  })
  async leave(@Body({ schema: noBody }) _body: object, @Ctx() ctx: RequestContext) {
    const { contactId: userId, sessionId } = ctx.principal.person!;
    const outcome = await this.commands.send(user, userId, 'endSession', { sessionId, by: 'self' }, ctx);
    await this.sessions.end({ tenant: ctx.tenant, userId, id: sessionId });
    return withCookie(changed(outcome), this.signIn.goneCookie(ctx));
  }
}
