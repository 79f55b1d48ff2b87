// What the doors for who is invited do: they say what is offered, prove mailboxes, and see who is logged in already.
import type { Executor, Outcome } from '#event-store/execute.js';
import { requestTenant } from '#http/credentials.js';
import type { RequestContext } from '#http/request-context.js';
import { commandItem, type CommandItem } from '#kernel/command-item.js';
import { emailKey, instantSchema } from '#kernel/fields.js';
import { deriveId } from '#kernel/ids.js';
import { z } from 'zod';
import type { Afterwards } from './afterwards.js';
import { invitationErrors } from './invitation.errors.js';
import { invitationKindSchema } from './invitation.events.js';
import { invitationFacts } from './invitation.facts.js';
import type { InvitationState } from './invitation.js';
import { masked } from './masked.js';
import type { MailboxProofs } from './mailbox-proofs.js';
import type { PasswordChange } from './password-change.js';
import type { Passwords } from './passwords.js';
import type { KnownPerson, People } from './people.js';
import type { Opened, Redeeming } from './redeeming.js';
import { roleBookOf } from './role-book.js';
import { roles } from './roles.js';
import type { Sessions } from './sessions.js';
import type { FactorNeeded, SignedIn, SignIn } from './sign-in.js';
import type { Identity } from './user.identities.js';
import { user } from './user.js';

export const lookedUpSchema = z.strictObject({
  vendor: z.string(),
  kind: invitationKindSchema,
  organization: z.string().nullable(),
  inviter: z.string().nullable().meta({ description: 'Who invites; null: the vendor.' }),
  message: z.string().nullable(),
  address: z.string().nullable().meta({ description: 'Of the contact who is invited, masked; null for one of several.' }),
  roles: z.array(z.string()).meta({ description: 'Titles of the roles that it gives.' }),
  expiresAt: instantSchema,
  proof: z
    .enum(['none', 'mailbox-code'])
    .meta({ description: 'What is to be proven beside having the code: nothing, or the mailbox by a code that is sent there.' }),
});

interface Asked {
  readonly code: string;
  readonly email: string | null;
  readonly mailboxCode: string | null;
  readonly confirm: boolean;
  readonly way: WayIn;
}

/** By what somebody is going to log in: a password, or an identity of a provider that may vouch for an address. */
type WayIn =
  { readonly password: string } | { readonly identity: Identity; readonly sub: string | null; readonly address: string | null };

/** What stands behind the doors of logging in. */
export interface LoginParts {
  readonly people: People;
  readonly passwords: Passwords;
  readonly change: PasswordChange;
  readonly sessions: Sessions;
  readonly signIn: SignIn;
  readonly afterwards: Afterwards;
}

export class Redemptions {
  constructor(
    private readonly redeeming: Redeeming,
    private readonly proofs: MailboxProofs,
    private readonly executor: Executor,
    private readonly login: LoginParts,
  ) {}

  async lookUp(ctx: RequestContext, code: string): Promise<z.output<typeof lookedUpSchema>> {
    const { tenant } = ctx;
    const { state } = await this.redeeming.open(tenant, code, ctx.now);
    const { executor } = this;
    const { people } = this.login;
    const person = state.contactId === null ? null : await people.byId(tenant, state.contactId);
    const inviter = state.inviter === null ? null : await people.byId(tenant, state.inviter);
    const { organizationId, kind, expiresAt, message, mailedTo } = state;
    const organization =
      organizationId === null ? null : await executor.stateOf(invitationFacts.organization, tenant, organizationId);
    const book = roleBookOf((await executor.stateOf(roles, tenant, tenant)).changes);
    return {
      ...{ vendor: await people.vendorOf(tenant), kind: kind!, message, expiresAt },
      organization: organization?.name ?? null,
      inviter: inviter?.name ?? null,
      address: person && masked(person.email),
      roles: state.roles.flatMap((role) => book.get(role)?.title ?? []),
      proof: mailedTo === null ? 'mailbox-code' : 'none',
    };
  }

  /** Sends a code to the mailbox of who may redeem the invitation; whether somebody may is told to nobody. */
  async prove(ctx: RequestContext, code: string, email: string | null): Promise<void> {
    const opened = await this.redeeming.open(ctx.tenant, code, ctx.now);
    this.login.afterwards.do(async () => {
      const person = await this.meant(ctx.tenant, opened, email);
      if (person) await this.proofs.send(ctx.tenant, opened.id, person, ctx.now);
    });
  }

  /** Before somebody is sent to a provider. @throws `invitation.…`, `login.insecure` */
  async mayTry(ctx: RequestContext, { code, email, confirm }: Omit<Asked, 'way'>): Promise<void> {
    this.login.signIn.mayTry(ctx);
    const opened = await this.redeeming.open(ctx.tenant, code, ctx.now);
    // Of nobody whom it is for he is told the same as of somebody else who is.
    await this.mustBeAlone(ctx, (await this.meant(ctx.tenant, opened, email))?.id ?? null, confirm);
  }

  /** @throws `invitation.…`, `password.…`, `login-identity.taken`, `login.insecure` */
  async redeem(ctx: RequestContext, asked: Asked): Promise<{ outcome: Outcome<InvitationState>; contactId: string }> {
    this.login.signIn.mayTry(ctx);
    const tenant = requestTenant(ctx.tenant);
    const { way, mailboxCode } = asked;
    const opened = await this.redeeming.find(tenant, asked.code);
    const person = await this.meant(tenant, opened, asked.email);
    if (!person) return this.refuse(ctx, asked.code);
    const contactId = person.id;
    await this.mustBeAlone(ctx, contactId, asked.confirm);
    if ('password' in way) await this.login.change.check(tenant, contactId, way.password);
    const vouched = 'identity' in way && way.address !== null && emailKey(way.address) === emailKey(person.email);
    const mailboxProven =
      vouched || (mailboxCode !== null && (await this.proofs.take(tenant, opened.id, person, mailboxCode, ctx.now)));
    if (!mailboxProven && opened.state.mailedTo === null) return this.refuse(ctx, asked.code);
    const wayIn = await this.wayInFor(ctx, contactId, way);
    return { outcome: await this.redeeming.redeem(ctx, opened, person, { mailboxProven, wayIn }), contactId };
  }

  /** A password is kept before the fact that names it. */
  private async wayInFor(ctx: RequestContext, userId: string, way: WayIn): Promise<CommandItem> {
    if ('identity' in way) return commandItem(user, userId, 'linkIdentity', { identity: way.identity, sub: way.sub });
    const passwordId = deriveId(ctx.command.commandId, 'password');
    await this.login.passwords.keep({ tenant: ctx.tenant, userId, passwordId }, way.password, ctx.now);
    return commandItem(user, userId, 'setPassword', { passwordId, by: 'self', mustChange: false });
  }

  signIn(ctx: RequestContext, userId: string): Promise<SignedIn | FactorNeeded> {
    return this.login.signIn.start(ctx, { userId, factors: ['password'], authenticatedAt: ctx.now });
  }

  /** For whom it would be redeemed: of one contact him, of several the member of the organization with that address. */
  private async meant(tenant: string, { state }: Opened, email: string | null): Promise<KnownPerson | null> {
    const { people } = this.login;
    if (state.contactId !== null) return people.byId(tenant, state.contactId);
    if (email === null || state.organizationId === null) return null;
    const person = await people.byAddress(tenant, email);
    const { members } = await this.executor.stateOf(invitationFacts.organization, tenant, state.organizationId);
    return person && members.has(person.id) ? person : null;
  }

  /** The invitation is over, or it is open and not for him. */
  private async refuse(ctx: RequestContext, code: string): Promise<never> {
    await this.redeeming.open(ctx.tenant, code, ctx.now);
    return invitationErrors.refuse('invitation.mailbox-unproven');
  }

  /** @throws `invitation.signed-in-as-another` where the browser is logged in as somebody else, and he did not confirm */
  private async mustBeAlone(ctx: RequestContext, contactId: string | null, confirmed: boolean): Promise<void> {
    const secret = ctx.client().sessions.get(ctx.tenant);
    if (secret === undefined || confirmed) return;
    const session = (await this.login.sessions.find(secret, ctx.now))?.value;
    if (session && session.tenant === ctx.tenant && session.userId !== contactId) {
      invitationErrors.refuse('invitation.signed-in-as-another');
    }
  }
}
