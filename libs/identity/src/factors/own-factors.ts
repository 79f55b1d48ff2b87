// Adds and removes factors: the secret is durable before the fact that names it, and gone after the one that ends it.
import type { Outcome } from '#event-store/execute.js';
import type { Commands } from '#http/commands.js';
import type { RequestContext } from '#http/request-context.js';
import { commandItem } from '#kernel/command-item.js';
import { deriveId } from '#kernel/ids.js';
import type { People } from '../people.js';
import { user, type UserState } from '../user.js';
import type { CodeKinds } from './factors.js';
import type { FactorSecrets } from './factor-secrets.js';
import type { Enrolment } from './totp.js';

type Asked = Pick<RequestContext, 'tenant' | 'now' | 'command'>;

export interface AddedFactor {
  readonly factorId: string;
  /** Those that were made because there were none; told this once. */
  readonly recoveryCodes: readonly string[] | null;
  readonly outcome: Outcome<UserState>;
}

export class OwnFactors {
  constructor(
    private readonly commands: Commands,
    private readonly people: People,
    private readonly codes: CodeKinds,
    private readonly secrets: FactorSecrets,
  ) {}

  async beginTotp(tenant: string, userId: string, now: string): Promise<Enrolment> {
    const person = await this.people.byId(tenant, userId);
    const vendor = await this.people.vendorOf(tenant);
    return this.codes.totp.begin({ tenant, userId, email: person!.email, vendor }, now);
  }

  /** @throws `factor.not-begun`, `factor.wrong`, `factor.too-many` */
  async confirmTotp(ctx: Asked, userId: string, code: string, name: string | null): Promise<AddedFactor> {
    const { tenant, now } = ctx;
    const factorId = deriveId(ctx.command.commandId, 'factor');
    await this.codes.totp.confirm({ tenant, userId, factorId }, code, now);
    const added = await this.add(ctx, userId, { factorId, kind: 'totp', name });
    await this.codes.totp.giveUp(tenant, userId);
    return added;
  }

  /** Adds a factor whose secret is kept already, and with the first one recovery codes. @throws `factor.too-many` */
  async add(
    ctx: Asked,
    userId: string,
    factor: { factorId: string; kind: 'totp' | 'passkey'; name: string | null },
  ): Promise<AddedFactor> {
    const { factors } = await this.people.loginOf(ctx.tenant, userId);
    const first = !factors.some(({ kind }) => kind === 'recovery-codes');
    const made = first ? await this.drawn(ctx, userId) : null;
    const items = [
      commandItem(user, userId, 'addFactor', factor),
      ...(made ? [commandItem(user, userId, 'addFactor', made.factor)] : []),
    ] as const;
    const outcomes = await this.commands.sendTogether(items, ctx);
    const outcome = outcomes.at(-1) as Outcome<UserState>;
    for (const each of outcomes) await this.tidy(ctx.tenant, userId, each);
    return { factorId: factor.factorId, recoveryCodes: made?.codes ?? null, outcome };
  }

  /** @throws `factor.none` */
  async renewRecoveryCodes(ctx: Asked, userId: string): Promise<{ codes: readonly string[]; outcome: Outcome<UserState> }> {
    const { codes, factor } = await this.drawn(ctx, userId);
    const outcome = await this.commands.send(user, userId, 'addFactor', factor, ctx);
    await this.tidy(ctx.tenant, userId, outcome);
    return { codes, outcome };
  }

  /** @throws `factor.not-found`, `factor.last-way-in` */
  async remove(ctx: Asked, userId: string, factorId: string): Promise<Outcome<UserState>> {
    const outcome = await this.commands.send(user, userId, 'removeFactor', { factorId, by: 'self' }, ctx);
    await this.tidy(ctx.tenant, userId, outcome);
    return outcome;
  }

  /** @throws `factor.not-found` */
  rename(ctx: Asked, userId: string, factorId: string, name: string | null): Promise<Outcome<UserState>> {
    return this.commands.send(user, userId, 'renameFactor', { factorId, name }, ctx);
  }

  /** All of a person's; his sessions end. @throws `user.not-found` */
  async reset(ctx: Asked, userId: string): Promise<Outcome<UserState>> {
    const outcome = await this.commands.send(user, userId, 'resetFactors', {}, ctx);
    await this.tidy(ctx.tenant, userId, outcome);
    return outcome;
  }

  private async drawn(ctx: Asked, userId: string) {
    const factorId = deriveId(ctx.command.commandId, 'recovery-codes');
    const codes = await this.codes.recoveryCodes.draw({ tenant: ctx.tenant, userId, factorId }, ctx.now);
    return { codes, factor: { factorId, kind: 'recovery-codes', name: null } as const };
  }

  /** What the facts have ended already. */
  private async tidy(tenant: string, userId: string, { events }: Pick<Outcome<unknown>, 'events'>): Promise<void> {
    for (const { type, data } of events)
      if (type === 'FactorRemoved')
        await this.secrets.forget({ tenant, userId, factorId: (data as { factorId: string }).factorId });
  }
}
