// How a decision came about: what each check read, and which event last wrote it. The decision itself is made by the
// very function that makes it live; what it reads is watched, and the streams are folded again to find the writers.
import type { RecordedEvent } from '#kernel/context.js';
import type { Json } from '#kernel/json.js';
import { lastWriters, Watch, type Seen } from '#kernel/watch.js';
import { positionSchema } from '#http/schemas.js';
import { instantSchema } from '#kernel/fields.js';
import { z } from 'zod';

const inputSchema = z.strictObject({
  of: z.string().meta({ description: 'Of what: the license, the activation, an owner, a block, or the request itself.' }),
  pointer: z.string().meta({ description: 'JSON pointer (RFC 6901) into its state.' }),
  value: z.json().optional().meta({ description: 'What stood there; absent where nothing did.' }),
  tooLarge: z.literal(true).optional().meta({ description: 'The value is left out: it is longer than 2,000 characters.' }),
  event: z
    .strictObject({ id: z.uuid(), type: z.string(), position: positionSchema, at: instantSchema })
    .nullable()
    .meta({ description: 'The event that last wrote the value; null where none did: of the request, or never set.' }),
});
type Input = z.output<typeof inputSchema>;

export const checkSchema = z.strictObject({
  check: z.string(),
  passed: z.boolean(),
  inputs: z.array(inputSchema).meta({ description: 'Everything that the check looked at, with the event behind it.' }),
});
export type ExplainedCheck = z.output<typeof checkSchema>;

/** How what a check reads came to be: events, and how they are folded into it. */
export interface Source {
  readonly events: readonly RecordedEvent[];
  readonly initial: unknown;
  readonly step: (state: never, event: RecordedEvent) => unknown;
}

/** Runs a decision while it is watched: what each of its checks read, in order. */
export class Witness {
  private readonly watch = new Watch();
  private readonly checks: { readonly name: string; seen: Seen }[] = [];

  /** The values that the decision is made of, by what they are of. */
  of<T extends object>(known: T): T {
    return this.watch.of(known);
  }

  /** To be called before each check. */
  readonly asking = (name: string): void => {
    this.end();
    this.checks.push({ name, seen: new Map() });
  };

  /** The check that was begun last. */
  get last(): string | null {
    return this.checks.at(-1)?.name ?? null;
  }

  /** The checks so far; `decidedBy` did not let pass. */
  explain(decidedBy: string | null, sources: Readonly<Record<string, Source | null>>): ExplainedCheck[] {
    this.end();
    const writers = this.writers(sources);
    return this.checks.map(({ name, seen }) => ({
      check: name,
      passed: name !== decidedBy,
      inputs: [...seen].flatMap(([pointer, value]) => inputOf(pointer, value, writers)),
    }));
  }

  private end(): void {
    const seen = this.watch.take();
    const current = this.checks.at(-1);
    if (current) current.seen = seen;
  }

  private writers(sources: Readonly<Record<string, Source | null>>): ReadonlyMap<string, RecordedEvent> {
    const read = new Set(this.checks.flatMap(({ seen }) => [...seen.keys()]));
    const found = Object.entries(sources).flatMap(([of, source]) => {
      if (!source) return [];
      const own = [...read].filter((pointer) => pointer === `/${of}` || pointer.startsWith(`/${of}/`));
      const pointers = own.map((pointer) => pointer.slice(of.length + 1));
      const step = source.step as (state: unknown, event: RecordedEvent) => unknown;
      const last = lastWriters(source.events, source.initial, step, pointers);
      return [...last].map(([pointer, event]) => [`/${of}${pointer}`, event] as const);
    });
    return new Map(found);
  }
}

const LARGE = 2000;
/** What merely holds the facts is passed through on the way to them. */
const HOLDERS: ReadonlySet<string> = new Set(['', 'facts', 'state']);

function inputOf(pointer: string, value: unknown, writers: ReadonlyMap<string, RecordedEvent>): Input[] {
  const [, of = '', ...rest] = pointer.split('/');
  const event = writers.get(pointer);
  // What was not asked, or is not there at all, is no input.
  if (value === undefined && (of === 'request' || rest.length === 0)) return [];
  if (typeof value === 'object' && value !== null && HOLDERS.has(rest.join('/'))) return [];
  const text = JSON.stringify(value) as string | undefined;
  const shown =
    text === undefined ? {} : text.length > LARGE ? { tooLarge: true as const } : { value: JSON.parse(text) as Json as never };
  const writer = event && { id: event.meta.eventId, type: event.type, position: event.position, at: event.meta.occurredAt };
  return [{ of, pointer: rest.length > 0 ? `/${rest.join('/')}` : '', ...shown, event: writer ?? null }];
}
