// Doors at which a passkey is used: to log in by it alone, as the second step of a login, and to prove once more who
// one is. Each has two steps: what the browser is told, and what it answers.
import { randomBytes } from 'node:crypto';
import { Body, Controller, Post } from '@nestjs/common';
import { Authenticated, Public } from '#http/allow.js';
import { read, withCookie } from '#http/answers.js';
import { Ctx } from '#http/ctx.js';
import { Reads } from '#http/reads.js';
import type { RequestContext } from '#http/request-context.js';
import { noBody } from '#http/schemas.js';
import { shortCookie, shortCookieOf } from '#http/short-cookie.js';
import { z } from 'zod';
import { steppedUpSchema } from '../factors/factor-login.http.js';
import { FactorLogin } from '../factors/factor-login.js';
import { StepUp } from '../factors/step-up.js';
import { loginErrors } from '../login.errors.js';
import { entered, enteredSchema, signedIn, signedInSchema } from '../login.http.js';
import { SignIn } from '../sign-in.js';
import { hashSecret } from '../token-secret.js';
import { CHALLENGE_MS } from './challenges.js';
import { requestOptionsSchema, usedCredentialSchema } from './credential-fields.js';
import { passkeyErrors } from './passkey.errors.js';
import { PasskeyProof, type ProofAbout } from './passkey-proof.js';

/** The name of the short cookie by which a browser that has begun is known. */
const BROWSER_COOKIE = 'passkey';

const useSchema = z.strictObject({
  credential: usedCredentialSchema.meta({ description: 'What `navigator.credentials.get` gave, by its `toJSON()`.' }),
});
type Use = z.output<typeof useSchema>;

const publicly = ['auth.cross-site', 'auth.tenant-required', 'passkey.no-address'];
const proving = [
  'passkey.not-begun',
  'passkey.foreign-page',
  'passkey.user-unverified',
  'passkey.unusable',
  'passkey.counted-back',
];
const NOT_HERE = new Set(['login.failed', 'login.busy', 'login.not-recent']);
const loginRefusals = Object.keys(loginErrors.table).filter((code) => code.startsWith('login.') && !NOT_HERE.has(code));

@Controller('v1/login/passkey')
export class PasskeyLoginController {
  constructor(
    private readonly proof: PasskeyProof,
    private readonly signIn: SignIn,
  ) {}

  @Post('options')
  @Public({
    summary: 'Begin to log in by a passkey',
    description:
      'Nobody is named: what the page hands to `navigator.credentials.get`, which offers the passkeys that it has for this server. Good once, for five minutes, in this browser.',
    ownPages: true,
    answer: requestOptionsSchema,
    refusals: [...publicly, 'login.insecure'],
  })
  async begin(@Body({ schema: noBody }) _body: object, @Ctx() ctx: RequestContext) {
    this.signIn.mayTry(ctx);
    const secret = shortCookieOf(ctx.client(), BROWSER_COOKIE) ?? randomBytes(32).toString('base64url');
    const publicKey = await this.proof.begin(ctx, byBrowser(secret));
    return withCookie({ publicKey }, shortCookie(ctx.client(), BROWSER_COOKIE, secret, CHALLENGE_MS / 1000));
  }

  @Post()
  @Public({
    summary: 'Log in by a passkey',
    description: 'It stands for both steps of a login. Begins a session in a cookie.',
    ownPages: true,
    answer: enteredSchema,
    refusals: [...publicly, ...proving, 'login.passkey-refused', ...loginRefusals],
  })
  async enter(@Body({ schema: useSchema }) { credential }: Use, @Ctx() ctx: RequestContext) {
    this.signIn.mayTry(ctx);
    const secret = shortCookieOf(ctx.client(), BROWSER_COOKIE) ?? passkeyErrors.refuse('passkey.not-begun');
    const userId = (await this.proof.prove(ctx, byBrowser(secret), credential)) ?? passkeyErrors.refuse('login.passkey-refused');
    return entered(await this.signIn.start(ctx, { userId, factors: ['passkey'], authenticatedAt: ctx.now }));
  }
}

function byBrowser(secret: string): ProofAbout {
  return { purpose: 'login', holder: hashSecret(secret), userId: null };
}

@Controller('v1/login/factor/passkey')
export class PasskeyFactorController {
  constructor(
    private readonly proof: PasskeyProof,
    private readonly login: FactorLogin,
  ) {}

  @Post('options')
  @Public({
    summary: 'Begin to give a passkey as the second factor of a login',
    description: 'After a first step that answered `next: factor`, from the same browser.',
    ownPages: true,
    answer: requestOptionsSchema,
    refusals: [...publicly, 'login.not-pending'],
  })
  async begin(@Body({ schema: noBody }) _body: object, @Ctx() ctx: RequestContext) {
    const { userId, key } = await this.login.pendingOf(ctx);
    return { publicKey: await this.proof.begin(ctx, { purpose: 'factor', holder: key, userId }) };
  }

  @Post()
  @Public({
    summary: 'Log in by a passkey as the second factor',
    ownPages: true,
    answer: signedInSchema,
    refusals: [...publicly, ...proving, 'login.not-pending', 'login.passkey-refused', ...loginRefusals],
  })
  async enter(@Body({ schema: useSchema }) { credential }: Use, @Ctx() ctx: RequestContext) {
    const pending = await this.login.pendingOf(ctx);
    const about: ProofAbout = { purpose: 'factor', holder: pending.key, userId: pending.userId };
    if ((await this.proof.prove(ctx, about, credential)) === null) passkeyErrors.refuse('login.passkey-refused');
    const done = await this.login.finish(ctx, pending, 'passkey');
    return signedIn(done.signedIn, done.gone);
  }
}

@Controller('v1/me/step-up/passkey')
export class PasskeyStepUpController {
  constructor(
    private readonly proof: PasskeyProof,
    private readonly stepUp: StepUp,
    private readonly reads: Reads,
  ) {}

  @Post('options')
  @Authenticated({
    summary: 'Begin to prove once more who you are, by a passkey',
    credentials: ['session'],
    whileDue: true,
    query: true,
    answer: requestOptionsSchema,
    refusals: ['passkey.no-address'],
  })
  async begin(@Body({ schema: noBody }) _body: object, @Ctx() ctx: RequestContext) {
    const { minPosition } = await this.reads.upToDate(ctx);
    return read({ publicKey: await this.proof.begin(ctx, bySession(ctx)) }, minPosition!);
  }

  @Post()
  @Authenticated({
    summary: 'Prove once more who you are, by a passkey',
    description: 'As `POST /v1/me/step-up` does it by a code. The session goes on under a new cookie.',
    credentials: ['session'],
    whileDue: true,
    query: true,
    answer: steppedUpSchema,
    refusals: ['passkey.no-address', ...proving, 'passkey.refused', 'login.throttled'],
  })
  async prove(@Body({ schema: useSchema }) { credential }: Use, @Ctx() ctx: RequestContext) {
    if ((await this.proof.prove(ctx, bySession(ctx), credential)) === null) passkeyErrors.refuse('passkey.refused');
    const { session, cookie } = await this.stepUp.done(ctx, 'passkey');
    const { minPosition } = await this.reads.upToDate(ctx);
    const { authenticatedAt, factors } = session;
    return withCookie(read({ authenticatedAt, factors: [...factors] }, minPosition!), cookie);
  }
}

function bySession({ principal }: RequestContext): ProofAbout {
  const { contactId: userId, sessionId: holder } = principal.person!;
  return { purpose: 'step-up', holder, userId };
}
