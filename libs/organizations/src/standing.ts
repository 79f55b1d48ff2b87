// Whether an organization or a contact is in use, as views show it.
import { instantSchema } from '#kernel/fields.js';
import { z } from 'zod';

export const STANDINGS = ['active', 'suspended', 'archived'] as const;

/** What a document keeps of it: a suspension outlasts archiving and restoring. */
export const standingFields = {
  status: z.enum(STANDINGS),
  /** The reason is the vendor's own note; customers do not see it. */
  suspension: z.strictObject({ at: instantSchema, reason: z.string().nullable() }).nullable(),
  archivedAt: instantSchema.nullable(),
};

export type StandingDoc = { readonly [K in keyof typeof standingFields]: z.output<(typeof standingFields)[K]> };

export const IN_USE: StandingDoc = { status: 'active', suspension: null, archivedAt: null };

/** The document's standing after a change of one part of it. */
export function standing(before: StandingDoc, change: Partial<Omit<StandingDoc, 'status'>>): StandingDoc {
  const { suspension, archivedAt } = { ...before, ...change };
  const status = archivedAt ? 'archived' : suspension ? 'suspended' : 'active';
  return { status, suspension, archivedAt };
}

/** The standing as customers see it. */
export function withoutReason<Doc extends StandingDoc>(doc: Doc): Doc {
  return doc.suspension ? { ...doc, suspension: { ...doc.suspension, reason: null } } : doc;
}
