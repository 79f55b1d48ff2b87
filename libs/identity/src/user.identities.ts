// Rules of the identities by which a user logs in: another's word for who he is, linked to one login and by nobody else.
import { factsFrom, type Deciding, type Fact } from '#kernel/aggregate.js';
import type { EventOf } from '#kernel/events.js';
import { emailKey, emailSchema } from '#kernel/fields.js';
import { contactEvents } from '#organizations/contact.events.js';
import { tenantEvents } from '#tenants/tenant.events.js';
import { z } from 'zod';
import { identityErrors } from './identity.errors.js';
import { providerErrors } from './providers/provider.errors.js';
import type { RolesState } from './roles.js';
import { bySchema, identitySchema, type FactorKind, type userEvents } from './user.events.js';

export type Identity = z.output<typeof identitySchema>;
type Event = EventOf<typeof userEvents>;

interface IdentitiesState {
  readonly kind: unknown;
  readonly password: unknown;
  readonly identities: readonly Identity[];
  readonly factors: readonly { readonly kind: FactorKind }[];
}

interface Newcomer {
  /** Null while there is no contact. */
  readonly email: string | null;
  readonly archived: boolean;
  readonly suspended: boolean;
}

/** The contact who comes for the first time. */
const newcomerFact = factsFrom(contactEvents)<Newcomer>({
  name: 'newcomer',
  category: 'contact',
  initial: { email: null, archived: false, suspended: false },
  evolve: {
    ContactAdded: (state, { email }) => ({ ...state, email }),
    ContactEmailChanged: (state, { email }) => ({ ...state, email }),
    ContactArchived: (state) => ({ ...state, archived: true }),
    ContactRestored: (state) => ({ ...state, archived: false }),
    ContactSuspended: (state) => ({ ...state, suspended: true }),
    ContactResumed: (state) => ({ ...state, suspended: false }),
  },
});

interface Admission {
  readonly firstLogin: boolean;
  readonly customers: boolean;
}

/** Whether the vendor lets anybody in by a first login. */
const admissionFact = factsFrom(tenantEvents)<Admission>({
  name: 'admission',
  category: 'tenant',
  initial: { firstLogin: true, customers: false },
  evolve: {
    FirstLoginSet: (state, { on }) => ({ ...state, firstLogin: on }),
    CustomerLoginSet: (state, { mode }) => ({ ...state, customers: mode !== 'off' }),
  },
});

export const identityFacts = { newcomer: newcomerFact, admission: admissionFact };

type Facts = { readonly newcomer?: Fact<Newcomer>; readonly admission?: Fact<Admission>; readonly roles?: Fact<RolesState> };
type Context = Pick<Deciding, 'id'> & { readonly facts: Facts };

/** See `IdentityAssertion.sub`. */
const sub = identitySchema.shape.subject.nullable().default(null);

export const identityCommands = {
  linkIdentity: z.strictObject({ identity: identitySchema, sub }),
  /**
   * `dead`: providers that are gone, whose identities open nothing. `forced`: the provider itself asks for it, in the
   * person's name, and there is no refusing that.
   */
  unlinkIdentity: z.strictObject({
    identity: identitySchema,
    by: bySchema,
    dead: z.array(z.string()),
    forced: z.boolean().default(false),
  }),
  /** Makes the login of a contact who has none, by an address that somebody vouches for. */
  firstLogin: z.strictObject({ identity: identitySchema, sub, email: emailSchema }),
};
type Data<K extends keyof typeof identityCommands> = z.output<(typeof identityCommands)[K]>;

export const identityNeeds = {
  firstLogin: (_: unknown, _state: unknown, id: string, tenant: string) => ({ newcomer: id, admission: tenant, roles: tenant }),
};

export function isSameIdentity(one: Identity, other: Identity): boolean {
  return one.provider === other.provider && one.issuer === other.issuer && one.subject === other.subject;
}

function mustBeWelcome({ newcomer, admission }: Facts, email: string): void {
  const { email: own = null, archived, suspended } = newcomer?.state ?? { archived: false, suspended: false };
  const open = admission!.state.firstLogin && admission!.state.customers;
  const same = own !== null && emailKey(own) === emailKey(email);
  if (!open || !same || archived || suspended) providerErrors.refuse('login.no-account');
}

export const identityRules = {
  linkIdentity: ({ identity, sub: also }: Data<'linkIdentity'>, state: IdentitiesState, { id }: Context): Event | [] => {
    if (state.kind === null) identityErrors.refuse('user.not-found');
    if (state.identities.some((each) => isSameIdentity(each, identity))) return [];
    return { type: 'IdentityLinked', data: { userId: id, ...identity, sub: also } };
  },
  unlinkIdentity: (command: Data<'unlinkIdentity'>, state: IdentitiesState, { id }: Context): Event | [] => {
    const { identity, by, dead, forced } = command;
    if (!state.identities.some((each) => isSameIdentity(each, identity))) return [];
    const others = state.identities.filter((each) => !isSameIdentity(each, identity) && !dead.includes(each.provider));
    const passkeys = state.factors.filter(({ kind }) => kind === 'passkey');
    if (!forced && state.password === null && others.length + passkeys.length === 0)
      providerErrors.refuse('identity.last-way-in');
    return { type: 'IdentityUnlinked', data: { userId: id, ...identity, by } };
  },
  firstLogin: (
    { identity, sub: also, email }: Data<'firstLogin'>,
    state: IdentitiesState,
    { id, facts }: Context,
  ): readonly Event[] => {
    if (state.kind !== null) identityErrors.refuse('user.exists');
    mustBeWelcome(facts, email);
    const roles = [facts.roles!.state.defaultRole];
    return [
      { type: 'UserCreated', data: { userId: id, kind: 'customer', roles, way: 'first-login' } },
      { type: 'IdentityLinked', data: { userId: id, ...identity, sub: also } },
    ];
  },
};

export const identitySteps = {
  IdentityLinked: <S extends IdentitiesState>(state: S, { provider, issuer, subject }: Identity): S => ({
    ...state,
    identities: [...state.identities, { provider, issuer, subject }],
  }),
  IdentityUnlinked: <S extends IdentitiesState>(state: S, gone: Identity): S => ({
    ...state,
    identities: state.identities.filter((each) => !isSameIdentity(each, gone)),
  }),
};

/** What a removed login gives back, so that its identities can be linked again. */
export function unlinked({ identities }: IdentitiesState, id: string): readonly Event[] {
  return identities.map((identity) => ({ type: 'IdentityUnlinked', data: { userId: id, ...identity, by: 'staff' } }));
}
