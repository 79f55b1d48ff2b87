// Gives a user another password, or takes his. The record is durable before the fact, and the fact ends his sessions.
import type { Outcome } from '#event-store/execute.js';
import type { Commands } from '#http/commands.js';
import type { RequestContext } from '#http/request-context.js';
import { commandItem } from '#kernel/command-item.js';
import { deriveId } from '#kernel/ids.js';
import { identityErrors } from './identity.errors.js';
import type { People } from './people.js';
import { checkPassword } from './password-policy.js';
import type { Passwords } from './passwords.js';
import type { Sessions } from './sessions.js';
import { user, type UserState } from './user.js';

/** Who gives it: the user himself, somebody of the vendor or of his organization, or he by a link to his mailbox. */
type By = 'self' | 'staff' | 'reset';

type Asked = Pick<RequestContext, 'tenant' | 'now' | 'command'>;

export class PasswordChange {
  constructor(
    private readonly commands: Commands,
    private readonly people: People,
    private readonly passwords: Passwords,
    private readonly sessions: Sessions,
  ) {}

  /** @throws `password.…` for one that may not be chosen */
  async check(tenant: string, userId: string, password: string): Promise<void> {
    const person = await this.people.byId(tenant, userId);
    await checkPassword(password, [tenant, ...(person ? [person.name, person.email] : [])]);
  }

  /** @throws `user.not-found`, `password.…` */
  async set(ctx: Asked, userId: string, password: string, by: By, { endTokens = false } = {}): Promise<Outcome<UserState>> {
    const { tenant, now, command } = ctx;
    const before = await this.people.loginOf(tenant, userId);
    if (before.kind === null) identityErrors.refuse('user.not-found');
    await this.check(tenant, userId, password);
    const passwordId = deriveId(command.commandId, 'password');
    await this.passwords.keep({ tenant, userId, passwordId }, password, now);
    // Whoever was given a password by somebody else makes one that nobody else knows.
    const set = commandItem(user, userId, 'setPassword', { passwordId, by, mustChange: by === 'staff' });
    const ended = commandItem(user, userId, 'endTokens', { by: 'self' });
    const [outcome] = await this.commands.sendTogether(endTokens ? [set, ended] : [set], ctx);
    if (!outcome.replayed) await this.tidy(tenant, userId, before, now);
    return outcome;
  }

  /** @throws `user.not-found` */
  async remove(ctx: Asked, userId: string, by: By): Promise<Outcome<UserState>> {
    const before = await this.people.loginOf(ctx.tenant, userId);
    const outcome = await this.commands.send(user, userId, 'removePassword', { by }, ctx);
    if (outcome.events.length > 0 && !outcome.replayed) await this.tidy(ctx.tenant, userId, before, ctx.now);
    return outcome;
  }

  /** What the fact has ended already: the password before, and the sessions. */
  private async tidy(tenant: string, userId: string, { password }: UserState, now: string): Promise<void> {
    if (password) await this.passwords.forget({ tenant, userId, passwordId: password.id });
    await this.sessions.endAll(tenant, userId, now);
  }
}
