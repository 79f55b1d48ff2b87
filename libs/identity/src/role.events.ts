// Facts of the roles of a vendor, and of who of its staff has which. Stream `roles-<slug>~<slug>`: one for all, so
// that a rule over all of them (the last administrator stays) is a rule over one stream.
import { defineEvents, event } from '#kernel/events.js';
import { nameSchema, textSchema } from '#kernel/fields.js';
import { idSchema } from '#kernel/ids.js';
import { z } from 'zod';
import { grantSchema } from './rights.js';

/** A role is named once and for ever; built-in roles are named in the same way. */
export const roleIdSchema = z
  .string()
  .regex(/^[a-z](?:[a-z0-9-]{0,61}[a-z0-9])$/, 'must be 2 to 63 lower-case letters, digits or hyphens, starting with a letter');

/** For whom a role is: people of the vendor, or people of its customers. */
export const personKindSchema = z.enum(['staff', 'customer']);
export type PersonKind = z.output<typeof personKindSchema>;

/** The ids of the roles that somebody has: each once, in order. */
export const roleIdsSchema = z
  .array(roleIdSchema)
  .max(20)
  .overwrite((ids) => [...new Set(ids)].sort());

const content = { title: nameSchema, about: textSchema.nullable(), grants: z.array(grantSchema).max(200) };

/** Why one of the vendor's people cannot log in: disabled himself, or suspended or put away as a contact. */
export const barSchema = z.enum(['archived', 'disabled', 'suspended']);
export type Bar = z.output<typeof barSchema>;

export const roleEvents = defineEvents({
  RoleAdded: event({
    schema: 1,
    about: 'A vendor has a role of its own.',
    data: z.strictObject({ role: roleIdSchema, kind: personKindSchema, ...content }),
  }),
  RoleChanged: event({
    schema: 1,
    about: 'A role, built in or of its own, gives these rights from now on.',
    data: z.strictObject({ role: roleIdSchema, ...content }),
  }),
  RoleRemoved: event({
    schema: 1,
    about: 'A role, built in or of its own, is there no more; whoever had it has nothing by it.',
    data: z.strictObject({ role: roleIdSchema }),
  }),
  DefaultRoleSet: event({
    schema: 1,
    about: 'Every new customer user gets this role, in the place of the previous one.',
    data: z.strictObject({ role: roleIdSchema, previous: roleIdSchema }),
  }),
  StaffRolesSet: event({
    schema: 1,
    about: 'A person of the vendor has these roles from now on, and no others.',
    data: z.strictObject({ userId: idSchema, roles: roleIdsSchema, previous: roleIdsSchema }),
  }),
  StaffBarred: event({
    schema: 1,
    about: 'A person of the vendor cannot log in for these reasons from now on; none: he can.',
    data: z.strictObject({ userId: idSchema, reasons: z.array(barSchema), previous: z.array(barSchema) }),
  }),
});
