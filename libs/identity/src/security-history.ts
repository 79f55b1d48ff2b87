// What concerns the safety of a login, as its user reads it: the last of it, from his own stream.
import { factsFrom } from '#kernel/aggregate.js';
import type { EventMeta } from '#kernel/context.js';
import { instantSchema } from '#kernel/fields.js';
import { z } from 'zod';
import { userEvents } from './user.events.js';

/** The latest are kept; what was before stands in the log. */
const KEPT = 100;

export const securityEntrySchema = z.strictObject({
  at: instantSchema,
  what: z.string().meta({ description: 'The event: `LoggedIn`, `LoginFailed`, `PasswordSet`, `SessionEnded`, …' }),
  actor: z.string().meta({ description: 'Who did it: `user:<id>`, `token:<id>`, `anonymous`.' }),
  by: z.string().nullable().meta({ description: '`self`, `staff` or `reset`, where that says more than the actor.' }),
  factors: z.array(z.string()).nullable().meta({ description: 'Of a login: by what he proved who he is.' }),
  attempts: z.int().nullable().meta({ description: 'Of failures: for how many this entry stands.' }),
  sessionId: z.string().nullable(),
  address: z.string().nullable(),
  agent: z.string().nullable(),
});
export type SecurityEntry = z.output<typeof securityEntrySchema>;

type Told = Partial<Omit<SecurityEntry, 'at' | 'what' | 'actor'>>;

const BLANK = { by: null, factors: null, attempts: null, sessionId: null, address: null, agent: null };

function add(
  entries: readonly SecurityEntry[],
  { occurredAt, type, actor }: EventMeta,
  told: Told = {},
): readonly SecurityEntry[] {
  return [{ at: occurredAt, what: type, actor, ...BLANK, ...told }, ...entries].slice(0, KEPT);
}

/** The latest first. */
export const securityHistory = factsFrom(userEvents)<readonly SecurityEntry[]>({
  name: 'security-history',
  category: 'user',
  initial: [],
  evolve: {
    UserCreated: (entries, _, meta) => add(entries, meta),
    UserDisabled: (entries, _, meta) => add(entries, meta),
    UserEnabled: (entries, _, meta) => add(entries, meta),
    UserRemoved: (entries, _, meta) => add(entries, meta),
    PasswordSet: (entries, { by }, meta) => add(entries, meta, { by }),
    PasswordRemoved: (entries, { by }, meta) => add(entries, meta, { by }),
    UserSessionsEnded: (entries, { by }, meta) => add(entries, meta, { by }),
    UserTokensEnded: (entries, { by }, meta) => add(entries, meta, { by }),
    LoggedIn: (entries, { sessionId, factors, address, agent }, meta) =>
      add(entries, meta, { sessionId, factors, address, agent }),
    LoginFailed: (entries, { attempts, address, agent }, meta) => add(entries, meta, { attempts, address, agent }),
    SessionEnded: (entries, { sessionId, by }, meta) => add(entries, meta, { sessionId, by }),
    FactorAdded: (entries, { kind }, meta) => add(entries, meta, { factors: [kind] }),
    FactorRemoved: (entries, { kind, by }, meta) => add(entries, meta, { factors: [kind], by }),
    FactorDoubted: (entries, { kind, address, agent }, meta) => add(entries, meta, { factors: [kind], address, agent }),
    IdentityLinked: (entries, { provider }, meta) => add(entries, meta, { factors: [provider] }),
    IdentityUnlinked: (entries, { provider, by }, meta) => add(entries, meta, { factors: [provider], by }),
  },
});
