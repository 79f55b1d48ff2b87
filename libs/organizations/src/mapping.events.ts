// Facts of a contact or an organization that an outside system of the vendor has, too. Streams `mapping-<tenant>~<id>`, by
// the id of the contact or organization. The outside system's id of a person is personal, as his name is: it is sealed with
// his key, and what names an organization there with the organization's.
import { defineEvents, event, type UniqueValue } from '#kernel/events.js';
import { emailSchema, nameSchema, sealed } from '#kernel/fields.js';
import { idSchema } from '#kernel/ids.js';
import { z } from 'zod';
import { accountNumberSchema, companySchema } from './account.js';
import { domainsSchema } from './organization.events.js';

export const MAPPED_KINDS = ['organization', 'contact'] as const;
export const mappedKindSchema = z.enum(MAPPED_KINDS);
export type MappedKind = (typeof MAPPED_KINDS)[number];

/** What the outside system calls it; kept as it is written. */
export const externalIdSchema = z
  .string()
  .min(1)
  .max(200)
  .regex(/^[^\p{Cc}\p{Cs}]*$/u, 'must not hold control characters');

/** Which state of its own the outside system speaks of; ordered by `compareVersions`. */
export const versionSchema = z
  .string()
  .regex(/^[\x21-\x7e]{1,64}$/, 'must be 1 to 64 visible ASCII characters')
  .meta({
    description:
      'Which of its states the outside system speaks of: whole numbers, ordered by value, or text, ordered by its characters, such as instants of one form.',
  });

/** What the outside system has of a thing. What is absent it does not keep: that is neither compared nor changed. */
export const theirsSchema = z.strictObject({
  name: nameSchema,
  email: emailSchema.optional(),
  accountNumber: accountNumberSchema.nullable().optional(),
  company: companySchema.nullable().optional(),
  domains: domainsSchema.optional(),
});
export type Theirs = z.output<typeof theirsSchema>;

/** A revision of the contact's or organization's own stream; −1 before its first event. */
const revision = z.int().min(-1);

const mapped = {
  mappedId: idSchema,
  kind: mappedKindSchema,
  externalId: sealed('mappedId', externalIdSchema),
};

interface Named {
  readonly kind: MappedKind;
  readonly externalId: string;
}

export function externalIdClaim({ kind, externalId }: Named): UniqueValue {
  return { kind: 'external-id', value: `${kind}:${externalId}` };
}

const claims = (named: Named) => [externalIdClaim(named)];

export const mappingEvents = defineEvents({
  MappingConfirmed: event({
    schema: 1,
    about: 'The outside system has taken over a contact or organization up to a revision.',
    data: z.strictObject({ ...mapped, version: versionSchema, revision }),
    claims,
  }),
  MappingUpdateReceived: event({
    schema: 1,
    about:
      'The contact or organization is as a version of the outside system is; revisions after `from` up to `revision` need not be told to it.',
    data: z.strictObject({ ...mapped, version: versionSchema, from: revision, revision }),
    claims,
  }),
  MappingConflictFound: event({
    schema: 1,
    about: 'Both sides changed a contact or organization since they last agreed. Nothing was overwritten.',
    data: z.strictObject({ ...mapped, version: versionSchema, theirs: sealed('mappedId', theirsSchema) }),
    claims,
  }),
  MappingConflictDecided: event({
    schema: 1,
    about: 'A person decided whose values stay. Where it is theirs, revisions after `from` up to `revision` need not be told.',
    data: z.strictObject({
      mappedId: idSchema,
      version: versionSchema,
      keep: z.enum(['ours', 'theirs']),
      from: revision.nullable(),
      revision: revision.nullable(),
    }),
  }),
  MappingEnded: event({
    schema: 1,
    about: 'A contact or organization no longer belongs to what it was in the outside system.',
    data: z.strictObject({ ...mapped, externalId: sealed('mappedId', externalIdSchema.nullable()) }),
    releases: ({ kind, externalId }) => (externalId === null ? [] : claims({ kind, externalId })),
  }),
});

/** Revisions after `from` up to `to`. */
type Span = { readonly from: number; readonly to: number };

/** How much of a thing's own stream the outside system has. */
export interface Progress {
  readonly confirmed: number;
  /** Beyond that, what came from it: these it need not be told. */
  readonly known: readonly Span[];
}

export const NOTHING_CONFIRMED: Progress = { confirmed: -1, known: [] };

export function confirmedUpTo({ confirmed, known }: Progress, revision: number): Progress {
  let reached = Math.max(confirmed, revision);
  for (const { from, to } of known) if (from <= reached) reached = Math.max(reached, to);
  return { confirmed: reached, known: known.filter(({ to }) => to > reached) };
}

export function knownBetween({ confirmed, known }: Progress, from: number, to: number): Progress {
  return confirmedUpTo({ confirmed, known: [...known, { from, to }].sort((a, b) => a.from - b.from) }, confirmed);
}
