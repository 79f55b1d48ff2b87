// Facts of a customer company: its record, its members, and who of them is its primary and secondary contact.
import { roleIdsSchema } from '#identity/role.events.js';
import { defineEvents, event } from '#kernel/events.js';
import { nameSchema, sealed, textSchema } from '#kernel/fields.js';
import { idSchema } from '#kernel/ids.js';
import { z } from 'zod';
import { accountNumberClaim, accountNumberSchema, companySchema } from './account.js';

const HOST_NAME = /^(?=.{4,253}$)(?:[a-z0-9](?:[a-z0-9-]{0,61}[a-z0-9])?\.)+[a-z0-9][a-z0-9-]{0,61}[a-z0-9]$/;

/** Host names in lower case (IDN as punycode), each once, in order. */
export const domainsSchema = z
  .array(z.string().trim().toLowerCase().regex(HOST_NAME, 'must be a host name such as example.com'))
  .max(50)
  .overwrite((names) => [...new Set(names)].sort());

export const PLACES = ['primary', 'secondary'] as const;
export const placeSchema = z.enum(PLACES);
export type Place = (typeof PLACES)[number];

/** Null = as many as they like. */
export const allowedUsersSchema = z.int().min(0).max(1_000_000).nullable();

const organization = { organizationId: idSchema };
const member = { ...organization, contactId: idSchema };

export const organizationEvents = defineEvents({
  OrganizationAdded: event({
    schema: 1,
    about: 'A customer company was added.',
    data: z.strictObject({
      ...organization,
      name: nameSchema,
      accountNumber: accountNumberSchema.nullable(),
      company: companySchema.nullable(),
      domains: domainsSchema,
    }),
    claims: ({ accountNumber }) => accountNumberClaim(accountNumber),
  }),
  OrganizationRenamed: event({
    schema: 1,
    about: 'An organization goes by another name.',
    data: z.strictObject({ ...organization, name: nameSchema }),
  }),
  OrganizationAccountNumberChanged: event({
    schema: 1,
    about: 'An organization has another account number, or none any more.',
    data: z.strictObject({
      ...organization,
      accountNumber: accountNumberSchema.nullable(),
      previous: accountNumberSchema.nullable(),
    }),
    claims: ({ accountNumber }) => accountNumberClaim(accountNumber),
    releases: ({ previous }) => accountNumberClaim(previous),
  }),
  OrganizationCompanyChanged: event({
    schema: 1,
    about: 'Another legal entity of the vendor serves the organization, or none any more.',
    data: z.strictObject({ ...organization, company: companySchema.nullable() }),
  }),
  OrganizationDomainsChanged: event({
    schema: 1,
    about: 'The host names that belong to an organization changed.',
    data: z.strictObject({ ...organization, domains: domainsSchema }),
  }),
  OrganizationSuspended: event({
    schema: 1,
    about: 'An organization was suspended: none of its licenses validates until it is resumed.',
    data: z.strictObject({ ...organization, reason: sealed('organizationId', textSchema.nullable()) }),
  }),
  OrganizationResumed: event({
    schema: 1,
    about: 'The suspension of an organization ended.',
    data: z.strictObject(organization),
  }),
  OrganizationArchived: event({
    schema: 1,
    about: 'An organization was put away; its history, members and account number stay.',
    data: z.strictObject({ ...organization, reason: sealed('organizationId', textSchema.nullable()) }),
  }),
  OrganizationRestored: event({
    schema: 1,
    about: 'An archived organization is in use again.',
    data: z.strictObject(organization),
  }),
  MemberAdded: event({ schema: 1, about: 'A contact belongs to an organization.', data: z.strictObject(member) }),
  MemberRemoved: event({ schema: 1, about: 'A contact no longer belongs to an organization.', data: z.strictObject(member) }),
  ContactAssigned: event({
    schema: 1,
    about: 'A member became primary or secondary contact of an organization, in the place of the previous one.',
    data: z.strictObject({ ...member, place: placeSchema, previous: idSchema.nullable() }),
  }),
  ContactUnassigned: event({
    schema: 1,
    about: 'A place of an organization has no contact any more. Only the secondary place is ever given up.',
    data: z.strictObject({ ...member, place: placeSchema }),
  }),
  MemberRolesSet: event({
    schema: 1,
    about: 'A member has other roles in an organization; they end with his membership.',
    data: z.strictObject({ ...member, roles: roleIdsSchema, previous: roleIdsSchema }),
  }),
  AllowedUsersSet: event({
    schema: 1,
    about: 'The people of an organization may make so many users, or as many as they like.',
    data: z.strictObject({ ...organization, allowedUsers: allowedUsersSchema, previous: allowedUsersSchema }),
  }),
});
