// Facts of a vendor: its own record and its legal entities. Stream `tenant-<slug>~<slug>`.
import { defineEvents, event } from '#kernel/events.js';
import { nameSchema } from '#kernel/fields.js';
import { idSchema, tenantSlugSchema } from '#kernel/ids.js';
import { z } from 'zod';

/**
 * Which customers may log in at all: nobody, only primary and secondary contacts of organizations, or everybody who
 * has a customer user. The vendor's own people and license keys are not asked.
 */
export const customerLoginSchema = z.enum(['off', 'contacts', 'users']);
export type CustomerLogin = z.output<typeof customerLoginSchema>;

/**
 * Who must have a second factor to log in: administrators alone, all of the vendor's people, or everybody.
 * Administrators must in any case.
 */
export const factorPolicySchema = z.enum(['administrators', 'staff', 'everyone']);
export type FactorPolicy = z.output<typeof factorPolicySchema>;

const legalEntity = { legalEntityId: idSchema };

export const tenantEvents = defineEvents({
  TenantCreated: event({
    schema: 1,
    about: 'A vendor was set up in this installation.',
    data: z.strictObject({ tenant: tenantSlugSchema, name: nameSchema }),
  }),
  TenantRenamed: event({ schema: 1, about: 'The vendor goes by another name.', data: z.strictObject({ name: nameSchema }) }),
  LegalEntityAdded: event({
    schema: 1,
    about: "One of the vendor's own companies was added; organizations can be served by it.",
    data: z.strictObject({ ...legalEntity, name: nameSchema }),
  }),
  LegalEntityRenamed: event({
    schema: 1,
    about: "One of the vendor's own companies goes by another name.",
    data: z.strictObject({ ...legalEntity, name: nameSchema }),
  }),
  LegalEntityClosed: event({
    schema: 1,
    about: "One of the vendor's own companies takes no new customers; those that it serves keep it until they are moved.",
    data: z.strictObject(legalEntity),
  }),
  FirstLoginSet: event({
    schema: 1,
    about: 'Whether a contact without a user gets one by a first login that proves his address.',
    data: z.strictObject({ on: z.boolean() }),
  }),
  CustomerLoginSet: event({
    schema: 1,
    about: 'From now on these customers may log in: nobody (off), contacts of organizations, or all who have a user.',
    data: z.strictObject({ mode: customerLoginSchema, previous: customerLoginSchema }),
  }),
  ContactMappingSet: event({
    schema: 1,
    about:
      'From now on contacts and organizations are kept the same in this outside system, or in none. Where it is required, nobody is invited before it has him.',
    data: z.strictObject({ system: nameSchema.nullable(), requiredToInvite: z.boolean() }),
  }),
  FactorPolicySet: event({
    schema: 1,
    about: 'From now on these people must have a second factor: administrators alone, all of the vendor, or everybody.',
    data: z.strictObject({ requiredOf: factorPolicySchema, previous: factorPolicySchema }),
  }),
});
