// Who asks, when, and on whose behalf: everything a rule may know beside its state comes in here as data.

/** `user:<id>` (later), `token:<id>`, `license:<id>`, `operator`, `system:<reactor>`, `anonymous`. */
export type Actor = string;

/** What a command is given. Built at the door (HTTP, socket, workflow); never by a rule. */
export interface CommandContext {
  readonly tenant: string;
  readonly actor: Actor;
  /** The instant of the decision: ISO 8601, UTC, milliseconds. */
  readonly now: string;
  /** Names the command for ever: event ids and the ids of what it creates derive from it. */
  readonly commandId: string;
  /** Hash of method, route and body; a second request under the same command id must carry the same. */
  readonly commandHash?: string;
  readonly correlationId: string;
  readonly causationId: string;
  readonly requestId?: string;
  readonly traceparent?: string;
  /** The revision that the caller saw (`If-Match`); another one refuses the command. */
  readonly expectedRevision?: number;
}

/** The context of a command that nothing else has caused: an operator's, or one of the installation itself. */
export function rootContext(tenant: string, actor: Actor, now: string, commandId: string): CommandContext {
  return { tenant, actor, now, commandId, correlationId: commandId, causationId: commandId };
}

/** The envelope of an event (DESIGN §6), as readers see it. */
export interface EventMeta {
  readonly eventId: string;
  readonly type: string;
  readonly schema: number;
  readonly tenant: string;
  readonly organization?: string;
  readonly actor: Actor;
  /** When it was decided: ISO 8601, UTC, milliseconds. */
  readonly occurredAt: string;
  readonly correlationId: string;
  readonly causationId: string;
  readonly commandId: string;
  readonly commandHash?: string;
  readonly requestId?: string;
  readonly traceparent?: string;
}

/** Where an event stands. */
export interface EventPlace {
  readonly stream: string;
  /** The id part of the stream's name. */
  readonly id: string;
  /** Gapless from 0 within the stream. */
  readonly revision: number;
  /** Opaque, sortable as text; see `libs/event-store`. */
  readonly position: string;
}

/** An event as rules, views and reactors see it: upcast to the newest schema, sealed fields opened. */
export interface RecordedEvent<Type extends string = string, Data = unknown> extends EventPlace {
  readonly meta: EventMeta;
  readonly type: Type;
  readonly data: Data;
}
