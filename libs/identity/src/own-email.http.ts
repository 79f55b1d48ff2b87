// Doors to one's own address.
import { Body, Controller, Post } from '@nestjs/common';
import { Authenticated } from '#http/allow.js';
import { read } from '#http/answers.js';
import { Ctx } from '#http/ctx.js';
import { Effective } from '#http/effective.js';
import { Reads } from '#http/reads.js';
import type { RequestContext } from '#http/request-context.js';
import { emailSchema } from '#kernel/fields.js';
import { z } from 'zod';
import { signedIn, signedInSchema } from './login.http.js';
import { OwnEmail } from './own-email.js';
import { SignIn } from './sign-in.js';

const askSchema = z.strictObject({ email: emailSchema });
const proveSchema = z.strictObject({ code: z.string().min(1).max(50) });

@Controller('v1/me/email')
export class OwnEmailController {
  constructor(
    private readonly own: OwnEmail,
    private readonly signIn: SignIn,
    private readonly effective: Effective,
    private readonly reads: Reads,
  ) {}

  @Post()
  @Authenticated({
    summary: 'Ask for another address of your own',
    description:
      'A code is mailed to the new address; until it is sent to `POST /v1/me/email/prove`, nothing changes. Answers the same for an address that somebody else has.',
    example: { email: 'grace.hopper@globex.example' },
    credentials: ['session'],
    answer: z.strictObject({}),
    status: 202,
    query: true,
    stepUp: true,
    refusals: ['email.too-many-codes'],
  })
  async ask(@Body({ schema: askSchema }) { email }: z.output<typeof askSchema>, @Ctx() ctx: RequestContext) {
    await this.own.ask(ctx, ctx.principal.person!.contactId, email);
    return read({}, (await this.reads.upToDate(ctx)).minPosition!);
  }

  @Post('prove')
  @Authenticated({
    summary: 'Take another address, by the code that was mailed there',
    description: 'The address of before is told. All other sessions end; this one goes on under a new cookie.',
    credentials: ['session'],
    answer: signedInSchema,
    refusals: ['email.wrong-code', 'contact-email.taken', 'contact.archived', 'access.not-effective'],
  })
  async prove(@Body({ schema: proveSchema }) { code }: z.output<typeof proveSchema>, @Ctx() ctx: RequestContext) {
    const { contactId: userId, factors, authenticatedAt } = ctx.principal.person!;
    const outcome = await this.effective.once(ctx, this.own.prove(ctx, userId, code));
    const renewed = await this.signIn.renew(ctx, { userId, factors, authenticatedAt });
    return signedIn({ ...renewed, mustChangePassword: false, outcome });
  }
}
