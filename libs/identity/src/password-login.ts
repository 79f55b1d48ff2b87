// Proof by e-mail address and password. Whoever fails is told the same, after the same time, whatever the reason; what
// is done because of a failure is done once he has been answered.
import { rootContext } from '#kernel/context.js';
import { newCommandId } from '#kernel/ids.js';
import type { Commands } from '#http/commands.js';
import type { RequestContext } from '#http/request-context.js';
import type { Outbox } from '#mail/outbox.js';
import type { Afterwards } from './afterwards.js';
import { loginErrors } from './login.errors.js';
import { attemptsMail } from './login-attempts.mail.js';
import type { Attempt, LoginThrottle } from './login-throttle.js';
import type { KnownPerson, People } from './people.js';
import type { Passwords } from './passwords.js';
import { user } from './user.js';

type Asked = Pick<RequestContext, 'tenant' | 'now' | 'requestId' | 'client'>;

/** Tells a person's history, and at last himself, of failures. */
export class FailedLogins {
  constructor(
    private readonly commands: Commands,
    private readonly people: People,
    private readonly outbox: Outbox,
    private readonly afterwards: Afterwards,
  ) {}

  tell(asked: Asked, person: KnownPerson, { tells, isLast }: Attempt, way = 'password'): void {
    const { tenant, now, requestId, client } = asked;
    const { address, agent } = client();
    this.afterwards.do(async () => {
      const { kind } = await this.people.loginOf(tenant, person.id);
      if (kind === null) return;
      if (tells > 0) {
        const command = { ...rootContext(tenant, 'anonymous', now, newCommandId()), requestId };
        await this.commands.send(user, person.id, 'noteFailure', { way, attempts: tells, address, agent }, { command });
      }
      if (isLast) await this.warn(tenant, person, way === 'password' ? 'password' : 'code', now);
    });
  }

  private async warn(tenant: string, { id, name, email }: KnownPerson, what: 'password' | 'code', now: string): Promise<void> {
    const values = { reader: name, vendor: await this.people.vendorOf(tenant), what };
    const to = { contactId: id, address: email, name };
    const key = `login-attempts/${id}/${what}/${now.slice(0, 10)}`;
    await this.outbox.queue({ tenant, to, template: attemptsMail, values, key }, now);
  }
}

export class PasswordLogin {
  constructor(
    private readonly people: People,
    private readonly passwords: Passwords,
    private readonly throttle: LoginThrottle,
    private readonly failed: FailedLogins,
  ) {}

  /** The person whose address and password these are. @throws `login.failed`, `login.throttled`, `login.busy` */
  async prove(ctx: Asked, email: string, password: string): Promise<KnownPerson> {
    const attempt = await this.throttle.begin(ctx.tenant, email, ctx.client().address, ctx.now);
    const person = await this.people.byAddress(ctx.tenant, email);
    if (await this.isRight(ctx, person, password)) {
      await attempt.succeeded();
      return person!;
    }
    if (person) this.failed.tell(ctx, person, attempt);
    return loginErrors.refuse('login.failed');
  }

  /** Whoever holds a session proves once more that he knows the password. @throws `password.wrong`, `login.throttled`, `login.busy` */
  async proveAgain(ctx: Asked, userId: string, password: string): Promise<void> {
    const attempt = await this.throttle.begin(ctx.tenant, `user:${userId}`, ctx.client().address, ctx.now);
    if (!(await this.isRight(ctx, { id: userId }, password))) loginErrors.refuse('password.wrong');
    await attempt.succeeded();
  }

  /** Whether he has one at all. */
  async hasPassword(tenant: string, userId: string): Promise<boolean> {
    return (await this.people.loginOf(tenant, userId)).password !== null;
  }

  /** Of nobody, and of who has no password, none ever is; that takes as long. */
  private async isRight({ tenant, now }: Asked, person: Pick<KnownPerson, 'id'> | null, password: string): Promise<boolean> {
    const login = person && (await this.people.loginOf(tenant, person.id));
    const place = person && login?.password ? { tenant, userId: person.id, passwordId: login.password.id } : null;
    return this.passwords.isRight(place, password, now);
  }
}
