// Facts of a login. A user is a contact who may log in: his id is his contact's id, and what is personal in here is
// sealed with the contact's key.
import { defineEvents, event } from '#kernel/events.js';
import { nameSchema, sealed, textSchema } from '#kernel/fields.js';
import { idSchema } from '#kernel/ids.js';
import { z } from 'zod';
import { personKindSchema, roleIdsSchema } from './role.events.js';

const user = { userId: idSchema };
const personal = <T extends z.ZodType>(schema: T): T => sealed('userId', schema);
const reason = personal(textSchema.nullable());

/** How somebody came by his login (DESIGN §2: three ways in, no self-registration). */
export const WAYS_IN = ['staff', 'invitation', 'first-login'] as const;
export type WayIn = (typeof WAYS_IN)[number];

/** Who did it: the person himself, somebody else who may, or the person by a link or code to his mailbox. */
export const bySchema = z.enum(['self', 'staff', 'reset']);

/** A way to prove who one is beside the first: an authenticator app, a passkey, the codes for when both are lost. */
export const factorKindSchema = z.enum(['totp', 'passkey', 'recovery-codes']);
export type FactorKind = z.output<typeof factorKindSchema>;

export const sessionId = z.string().regex(/^[A-Za-z0-9_-]{1,100}$/);
export const factorIdSchema = z.string().regex(/^[A-Za-z0-9_-]{1,500}$/);
/** `password`, `totp`, `passkey`, `google`, … */
export const wayIn = z.string().regex(/^[a-z][a-z0-9-]{0,63}$/);
/** Where a request came from, as far as it is known. */
export const loginPlace = {
  address: personal(z.string().max(100).nullable()),
  agent: personal(z.string().max(500).nullable()),
};

/** A language tag (BCP 47) and a zone of the IANA database. */
export const localeSchema = z.string().regex(/^[a-z]{2,3}(?:-[A-Za-z0-9]{2,8})*$/, 'must be a language tag such as en or de-AT');
export const zoneSchema = z
  .string()
  .max(64)
  .regex(/^[A-Za-z][A-Za-z0-9_+-]*(?:\/[A-Za-z0-9_+-]+)*$/, 'must be a time zone such as Europe/Vienna');

/** A first or a last name: both together are the name of a contact. */
export const partOfNameSchema = nameSchema.max(99);

/** An identity of a provider: never keyed by e-mail. */
export const identitySchema = z.strictObject({
  /** The id of the provider's configuration. */
  provider: z.string().regex(/^[a-z0-9][a-z0-9-]{0,63}$/),
  issuer: z.url().max(500),
  subject: z.string().min(1).max(500),
});
const { provider, issuer, subject } = identitySchema.shape;
const identity = { ...user, provider, issuer, subject: personal(subject) };

type KeyOfIdentity = z.output<typeof identitySchema>;

/** By which an identity opens one login only. */
export function identityValue({ provider, issuer, subject }: KeyOfIdentity) {
  return { kind: 'login-identity', value: JSON.stringify([provider, issuer, subject]) };
}
const identityClaim = (of: KeyOfIdentity) => [identityValue(of)];

export const userEvents = defineEvents({
  UserCreated: event({
    schema: 1,
    about: 'A contact has a login.',
    data: z.strictObject({
      ...user,
      kind: personKindSchema,
      /** Of a customer: those that are his wherever he belongs. Of staff they stand in `StaffRolesSet`. */
      roles: roleIdsSchema,
      way: z.enum(WAYS_IN),
    }),
  }),
  UserDisabled: event({
    schema: 1,
    about: 'A user may not log in until he is enabled again; his sessions ended.',
    data: z.strictObject({ ...user, reason }),
  }),
  UserEnabled: event({ schema: 1, about: 'A disabled user may log in again.', data: z.strictObject(user) }),
  UserRemoved: event({
    schema: 1,
    about: 'A contact has no login any more; his sessions ended. What he did stays in the histories under his id.',
    data: z.strictObject({ ...user, reason }),
  }),
  UserRolesSet: event({
    schema: 1,
    about:
      'A user has these roles from now on, and no others: a customer personal ones, one of the people of the vendor those that `StaffRolesSet` gives him in the same append.',
    data: z.strictObject({ ...user, roles: roleIdsSchema, previous: roleIdsSchema }),
  }),
  PasswordSet: event({
    schema: 1,
    about: 'A user has a password, or another one. The password itself is in no event; his sessions ended.',
    data: z.strictObject({
      ...user,
      /** Under which the password itself is kept. */
      passwordId: idSchema,
      by: bySchema,
      mustChange: z.boolean(),
    }),
  }),
  PasswordRemoved: event({
    schema: 1,
    about: 'A user has no password any more; his sessions ended.',
    data: z.strictObject({ ...user, by: bySchema }),
  }),
  UserSessionsEnded: event({
    schema: 1,
    about: 'All sessions of a user ended.',
    data: z.strictObject({ ...user, by: bySchema }),
  }),
  UserTokensEnded: event({
    schema: 1,
    about: 'All API tokens that a user had made open nothing any more.',
    data: z.strictObject({ ...user, by: bySchema }),
  }),
  UserProfileChanged: event({
    schema: 2,
    about:
      'A user has this language and time zone, where null is that of the vendor; and this first and last name, null where he has not told them apart.',
    data: z.strictObject({
      ...user,
      locale: personal(localeSchema.nullable()),
      zone: personal(zoneSchema.nullable()),
      firstName: personal(partOfNameSchema.nullable()),
      lastName: personal(partOfNameSchema.nullable()),
    }),
    upcasts: { 1: (old) => ({ ...old, firstName: null, lastName: null }) },
  }),
  LoggedIn: event({
    schema: 1,
    about: 'A user logged in.',
    data: z.strictObject({ ...user, sessionId, factors: z.array(wayIn).max(10), ...loginPlace }),
  }),
  LoginFailed: event({
    schema: 1,
    about: 'Somebody failed to log in as this user. Of many attempts only some are told, each with how many it stands for.',
    data: z.strictObject({ ...user, way: wayIn, attempts: z.int().min(1), ...loginPlace }),
  }),
  SessionEnded: event({
    schema: 1,
    about: 'One session of a user ended.',
    data: z.strictObject({ ...user, sessionId, by: bySchema }),
  }),
  FactorAdded: event({
    schema: 1,
    about: 'A user proves who he is by one more way.',
    data: z.strictObject({
      ...user,
      factorId: factorIdSchema,
      kind: factorKindSchema,
      name: personal(nameSchema.nullable()),
    }),
  }),
  FactorRemoved: event({
    schema: 1,
    about: 'A user does not prove who he is by this way any more.',
    data: z.strictObject({ ...user, factorId: factorIdSchema, kind: factorKindSchema, by: bySchema }),
  }),
  FactorRenamed: event({
    schema: 1,
    about: 'A user calls one of his factors otherwise.',
    data: z.strictObject({
      ...user,
      factorId: factorIdSchema,
      kind: factorKindSchema,
      name: personal(nameSchema.nullable()),
    }),
  }),
  FactorDoubted: event({
    schema: 1,
    about: 'A passkey was used fewer times than it had been already: there may be a copy of it, so that it was refused.',
    data: z.strictObject({ ...user, factorId: factorIdSchema, kind: factorKindSchema, ...loginPlace }),
  }),
  IdentityLinked: event({
    schema: 2,
    about: 'A user logs in by this identity of a provider, too.',
    data: z.strictObject({
      ...identity,
      /** Of Entra, which names people by directory and object: what it calls him before this product alone. */
      sub: personal(subject.nullable()),
    }),
    upcasts: { 1: (old) => ({ ...old, sub: null }) },
    claims: identityClaim,
  }),
  IdentityUnlinked: event({
    schema: 1,
    about: 'A user does not log in by this identity any more.',
    data: z.strictObject({ ...identity, by: bySchema }),
    releases: identityClaim,
  }),
});
