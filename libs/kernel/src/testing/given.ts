// Given these events, when this command comes, then these events follow, or this refusal.
import { expect } from '@jest/globals';
import { evolve, type Aggregate, type CommandTable, type Fold } from '../aggregate.js';
import type { CommandContext, EventMeta } from '../context.js';
import { DomainError } from '../errors.js';
import type { EventOf, EventTable } from '../events.js';

/** A context for rules under test; every member can be replaced. */
export const testContext: CommandContext = {
  tenant: 'acme',
  actor: 'token:01j00000000000000000000000',
  now: '2026-06-01T12:00:00.000Z',
  commandId: '0190a000-0000-7000-8000-000000000001',
  correlationId: '0190a000-0000-7000-8000-000000000001',
  causationId: '0190a000-0000-7000-8000-000000000001',
};

export const TEST_ID = '01j00000000000000000000001';

type Happened = { readonly type: string; readonly data: unknown; readonly at?: string };

function metaOf(type: string, at: string): EventMeta {
  const { tenant, actor, commandId, correlationId, causationId } = testContext;
  return { eventId: commandId, type, schema: 1, tenant, actor, occurredAt: at, commandId, correlationId, causationId };
}

function foldAll<S>(fold: Fold<S>, events: readonly Happened[]): S {
  return events.reduce<S>((state, happened) => {
    const meta = metaOf(happened.type, happened.at ?? testContext.now);
    return evolve(fold, state, { type: happened.type, data: happened.data, meta });
  }, fold.initial);
}

interface Then<E extends EventTable> {
  /** Exactly these events follow. */
  then(...events: EventOf<E>[]): void;
  /** The command succeeds and changes nothing. */
  thenNothing(): void;
  /** The command is refused with this code and, where given, at least these facts. */
  thenRefused(code: string, facts?: Record<string, unknown>): void;
  /** What was decided, for assertions of one's own. */
  decided(): readonly EventOf<E>[];
}

interface When<E extends EventTable, C extends CommandTable> {
  /** Others' facts, by the name of the fact: the events of that stream. */
  withFacts(facts: Record<string, readonly Happened[]>): When<E, C>;
  /** The command comes; `data` is parsed by its schema first, as at the door. */
  when<K extends keyof C & string>(
    command: K,
    data: unknown,
    context?: Partial<CommandContext> & { readonly id?: string },
  ): Then<E>;
}

/** The history of one aggregate, then a command. `at` sets an event's instant. */
export function given<S, E extends EventTable, C extends CommandTable, F>(
  aggregate: Aggregate<S, E, C, F>,
  ...events: (EventOf<E> & { readonly at?: string })[]
): When<E, C> {
  const told: Record<string, readonly Happened[]> = {};
  const stage: When<E, C> = {
    withFacts(facts) {
      Object.assign(told, facts);
      return stage;
    },
    when(command, data, context) {
      const id = context?.id ?? TEST_ID;
      const state = foldAll<S>(aggregate, events);
      const decide = () => {
        const parsed = aggregate.commands[command]!.parse(data) as never;
        const needed = (aggregate.needs[command]?.(parsed, state, id, testContext.tenant) ?? {}) as Record<
          string,
          string | null | undefined
        >;
        const facts: Record<string, unknown> = {};
        for (const [name, id] of Object.entries(needed)) {
          if (!id) continue;
          const fold = (aggregate.facts as Record<string, Fold<unknown>>)[name]!;
          const history = told[name] ?? [];
          facts[name] = { id, state: foldAll(fold, history), revision: history.length - 1 };
        }
        const ctx = { ...testContext, ...context, id, revision: events.length - 1, facts };
        const decision = aggregate.decide[command](parsed, state, ctx as never);
        return (Array.isArray(decision) ? decision : [decision]) as readonly EventOf<E>[];
      };
      return {
        decided: decide,
        then: (...expected) => expect(decide()).toEqual(expected),
        thenNothing: () => expect(decide()).toEqual([]),
        thenRefused(code, facts) {
          let refusal: unknown;
          try {
            decide();
          } catch (error) {
            refusal = error;
          }
          if (!(refusal instanceof DomainError)) throw new Error(`expected the refusal ${code}, got ${String(refusal)}`);
          expect(refusal.code).toBe(code);
          if (facts) expect(refusal.facts).toMatchObject(facts);
        },
      };
    },
  };
  return stage;
}
