// A person's doors to adding passkeys. They are listed, renamed and removed as all his factors are.
import { Body, Controller, Post } from '@nestjs/common';
import { Authenticated } from '#http/allow.js';
import { read, withCookie } from '#http/answers.js';
import { Ctx } from '#http/ctx.js';
import { Effective } from '#http/effective.js';
import { Reads } from '#http/reads.js';
import type { RequestContext } from '#http/request-context.js';
import { noBody } from '#http/schemas.js';
import { nameSchema } from '#kernel/fields.js';
import { z } from 'zod';
import { addedSchema } from '../factors/factor.http.js';
import { StepUp } from '../factors/step-up.js';
import { creationOptionsSchema, newCredentialSchema } from './credential-fields.js';
import { PasskeyAdding } from './passkey-adding.js';

const addSchema = z.strictObject({
  name: nameSchema.nullable().default(null).meta({ description: 'What you call it, such as where it is kept.' }),
  credential: newCredentialSchema.meta({ description: 'What `navigator.credentials.create` gave, by its `toJSON()`.' }),
});

@Controller('v1/me/passkeys')
export class PasskeyController {
  constructor(
    private readonly adding: PasskeyAdding,
    private readonly stepUp: StepUp,
    private readonly effective: Effective,
    private readonly reads: Reads,
  ) {}

  @Post('options')
  @Authenticated({
    summary: 'Begin to add a passkey',
    description: 'What the page hands to `navigator.credentials.create`. Good once, for five minutes, in this session.',
    credentials: ['session'],
    stepUp: true,
    whileDue: true,
    query: true,
    answer: creationOptionsSchema,
    refusals: ['passkey.no-address'],
  })
  async begin(@Body({ schema: noBody }) _body: object, @Ctx() ctx: RequestContext) {
    const { minPosition } = await this.reads.upToDate(ctx);
    return read({ publicKey: await this.adding.begin(ctx) }, minPosition!);
  }

  @Post()
  @Authenticated({
    summary: 'Add a passkey',
    description: 'From then on you log in by it alone, and it counts as a second factor. The session goes on under a new cookie.',
    credentials: ['session'],
    whileDue: true,
    query: true,
    answer: addedSchema,
    refusals: [
      ...['passkey.no-address', 'passkey.not-begun', 'passkey.foreign-page', 'passkey.user-unverified', 'passkey.unusable'],
      ...['passkey.exists', 'factor.too-many', 'command.contended', 'access.not-effective'],
    ],
  })
  async add(@Body({ schema: addSchema }) { name, credential }: z.output<typeof addSchema>, @Ctx() ctx: RequestContext) {
    const { factorId, recoveryCodes, outcome } = await this.adding.add(ctx, credential, name);
    await this.effective.once(ctx, Promise.resolve(outcome));
    const { cookie } = await this.stepUp.done(ctx, 'passkey');
    return withCookie(read({ factorId, recoveryCodes: recoveryCodes && [...recoveryCodes] }, outcome.position), cookie);
  }
}
