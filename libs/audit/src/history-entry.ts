// A step of a life as callers see it: who, when, what changed from what to what, and why.
import { instantSchema } from '#kernel/fields.js';
import type { JsonObject } from '#kernel/json.js';
import { positionSchema, revisionSchema } from '#http/schemas.js';
import { z } from 'zod';
import { changesBetween, inWords } from './changes.js';
import { without, type Step } from './history.js';

export const historyEntrySchema = z
  .strictObject({
    eventId: z.uuid().meta({ description: 'The same as in `/v1/events` and in explanations.' }),
    position: positionSchema,
    revision: revisionSchema,
    at: instantSchema,
    who: z
      .string()
      .meta({ description: 'The actor: `user:<id>`, `token:<id>`, `license:<id>`, `operator` or `system:<what>`; no name.' }),
    what: z.strictObject({
      type: z.string().meta({ description: 'The type of the event.' }),
      words: z.string().meta({ description: 'What happened and what it changed, as a sentence.' }),
      data: z.record(z.string(), z.json()).meta({ description: 'What the event says; never a license key.' }),
    }),
    changes: z
      .array(z.strictObject({ pointer: z.string(), from: z.json().optional(), to: z.json().optional() }))
      .meta({ description: 'JSON pointers into the state, with the values before and after.' }),
    why: z.strictObject({
      reason: z.string().nullable(),
      commandId: z.string(),
      correlationId: z.string(),
      causationId: z.string(),
      requestId: z.string().nullable(),
    }),
  })
  .meta({ id: 'HistoryEntry' });
export type HistoryEntry = z.output<typeof historyEntrySchema>;

/** Whose key seals a field: of no use to an auditor. */
const SEALED_FOR: ReadonlySet<string> = new Set(['holder', 'tenant']);

/** The vendor's own note on a suspension is not shown to customers. */
function noteless(doc: JsonObject | null): JsonObject | null {
  const suspension = doc?.['suspension'];
  return suspension ? { ...doc, suspension: without(suspension as JsonObject, new Set(['reason'])) } : doc;
}

export type Audience = 'vendor' | 'customer';

/** What a step changed, as an audience sees it. */
function changesOf({ before, after }: Step, audience: Audience) {
  const [one, other] = audience === 'vendor' ? [before, after] : [noteless(before), noteless(after)];
  return changesBetween(one ?? {}, other ?? {});
}

/** An entry; reasons are the vendor's own notes and are kept from customers. */
export function entryOf(step: Step, audience: Audience): HistoryEntry {
  const { position, revision, meta, type } = step.event;
  const changes = changesOf(step, audience);
  const known = without(step.says, SEALED_FOR);
  const reason = audience === 'vendor' && typeof known['reason'] === 'string' ? known['reason'] : null;
  return {
    ...{ eventId: meta.eventId, position, revision, at: meta.occurredAt, who: meta.actor },
    what: {
      type,
      words: [step.about, inWords(changes)].filter((words) => words !== '').join(' '),
      data: (audience === 'vendor' ? known : without(known, new Set(['reason']))) as HistoryEntry['what']['data'],
    },
    changes: changes as HistoryEntry['changes'],
    why: {
      ...{ reason, commandId: meta.commandId, correlationId: meta.correlationId, causationId: meta.causationId },
      requestId: meta.requestId ?? null,
    },
  };
}
