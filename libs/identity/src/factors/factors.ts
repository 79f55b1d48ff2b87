// What a user is asked for beside the first factor, and whether what he gives is that. Each kind is counted by itself:
// who guesses codes of an app keeps nobody from a recovery code, a passkey or the password.
import type { RequestContext } from '#http/request-context.js';
import type { Outbox } from '#mail/outbox.js';
import type { LoginThrottle } from '../login-throttle.js';
import type { FailedLogins } from '../password-login.js';
import type { People } from '../people.js';
import type { FactorKind } from '../user.events.js';
import type { Factor } from '../user.factors.js';
import { recoveryCodeMail } from './recovery-code.mail.js';
import type { RecoveryCodes } from './recovery-codes.js';
import type { FactorName } from './second-step.js';
import type { Totp } from './totp.js';

/** A code of an authenticator app, or one for its loss. */
export type GivenCode = { readonly code: string } | { readonly recoveryCode: string };

type Asked = Pick<RequestContext, 'tenant' | 'now' | 'requestId' | 'client'>;

/** What proves a code of each sort. */
export interface CodeKinds {
  readonly totp: Totp;
  readonly recoveryCodes: RecoveryCodes;
}

/** How it is told to people that something was done with their factors. */
export interface FactorNews {
  readonly failed: FailedLogins;
  readonly outbox: Outbox;
}

export class Factors {
  constructor(
    private readonly people: People,
    private readonly codes: CodeKinds,
    private readonly throttle: LoginThrottle,
    private readonly news: FactorNews,
  ) {}

  async of(tenant: string, userId: string): Promise<readonly Factor[]> {
    return (await this.people.loginOf(tenant, userId)).factors;
  }

  /**
   * What was proved by the code, which is used up; null where it is wrong. Each try is counted before it is looked at.
   * @throws `login.throttled`
   */
  async prove(ctx: Asked, userId: string, given: GivenCode): Promise<FactorName | null> {
    const [kind, name] = 'code' in given ? (['totp', 'totp'] as const) : (['recovery-codes', 'recovery-code'] as const);
    const attempt = await this.throttle.begin(ctx.tenant, `${kind}:${userId}`, ctx.client().address, ctx.now);
    const factor = (await this.of(ctx.tenant, userId)).find((each) => each.kind === kind);
    if (factor && (await this.isRight(ctx, userId, factor, given))) {
      await attempt.succeeded();
      return name;
    }
    const person = await this.people.byId(ctx.tenant, userId);
    if (person) this.news.failed.tell(ctx, person, attempt, name);
    return null;
  }

  private async isRight({ tenant, now }: Asked, userId: string, { id }: Factor, given: GivenCode): Promise<boolean> {
    const place = { tenant, userId, factorId: id };
    if ('code' in given) return this.codes.totp.take(place, given.code, now);
    const left = await this.codes.recoveryCodes.take(place, given.recoveryCode, now);
    if (left !== null) await this.tell(tenant, userId, left, now);
    return left !== null;
  }

  private async tell(tenant: string, userId: string, left: number, now: string): Promise<void> {
    const person = await this.people.byId(tenant, userId);
    if (!person) return;
    const values = { reader: person.name, vendor: await this.people.vendorOf(tenant), left };
    const to = { contactId: person.id, address: person.email, name: person.name };
    const key = `recovery-code/${userId}/${now}/${left}`;
    await this.news.outbox.queue({ tenant, to, template: recoveryCodeMail, values, key }, now);
  }
}

/** The kinds of factors that somebody may choose from, each once. */
export function kindsOf(factors: readonly Factor[]): FactorKind[] {
  return [...new Set(factors.map(({ kind }) => kind))].sort();
}
