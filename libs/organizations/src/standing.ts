// Whether an organization or a contact is in use, as views show it.

export const STANDINGS = ['active', 'suspended', 'archived'] as const;
export type Standing = (typeof STANDINGS)[number];

export type Suspension = { readonly at: string; readonly reason: string | null };

/** What a document keeps of it: a suspension outlasts archiving and restoring. */
export type StandingDoc = {
  readonly status: Standing;
  readonly suspension: Suspension | null;
  readonly archivedAt: string | null;
};

export const IN_USE: StandingDoc = { status: 'active', suspension: null, archivedAt: null };

/** The document's standing after a change of one part of it. */
export function standing(before: StandingDoc, change: Partial<Omit<StandingDoc, 'status'>>): StandingDoc {
  const { suspension, archivedAt } = { ...before, ...change };
  const status = archivedAt ? 'archived' : suspension ? 'suspended' : 'active';
  return { status, suspension, archivedAt };
}
