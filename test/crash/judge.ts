// Holds the log against what the clients were told. Pure: a log that lies is planted in judge.spec.ts.
import type { Position, StoredEvent } from '#event-store/event-store.js';
import { eventIdOf, parseStreamName } from '#kernel/ids.js';
import type { Acknowledged, SentCommand } from './ledger.js';

/** What a judge is shown beside the log. */
export interface Testimony {
  readonly sent: ReadonlyMap<string, SentCommand>;
  /** Before the log was read. */
  readonly acknowledged: readonly Acknowledged[];
  /** Events that readers saw, by position. */
  readonly shown: ReadonlyMap<Position, string>;
  /** Up to here the log was written before the run; what stands there is taken as it is. */
  readonly since: Position;
  /** Seats of every license of the run. */
  readonly seats: number;
}

export interface Findings {
  /** Acknowledged commands whose event does not stand where the answer said. */
  readonly lost: readonly string[];
  /** Commands that were applied more than once, and events of commands that nobody sent. */
  readonly twice: readonly string[];
  /** Whatever else is wrong: the order contract, refused commands that were applied, oversold seats. */
  readonly wrong: readonly string[];
}

export function isClean({ lost, twice, wrong }: Findings): boolean {
  return lost.length + twice.length + wrong.length === 0;
}

/** @param log every event, in order */
export function judge(log: readonly StoredEvent[], testimony: Testimony): Findings {
  const ofRun = log.filter(({ position }) => position > testimony.since);
  const byCommand = new Map<string, StoredEvent[]>();
  for (const event of ofRun) {
    // Of the request: where it makes several things, each has a command id of its own beside.
    const id = event.metadata['$correlationId'] ?? '';
    byCommand.set(id, [...(byCommand.get(id) ?? []), event]);
  }
  return {
    lost: testimony.acknowledged.flatMap((each) => lost(each, byCommand.get(each.command.commandId) ?? [])),
    twice: [...byCommand].flatMap(([id, events]) => twice(testimony.sent.get(id), id, events)),
    wrong: [
      ...outOfOrder(log),
      ...[...byCommand].flatMap(([id, events]) => [...tornApart(id, events), ...appliedThoughRefused(testimony.sent.get(id))]),
      ...otherThanShown(log, testimony.shown),
      ...oversold(ofRun, testimony.seats),
    ],
  };
}

function lost({ command: { makes, what }, position }: Acknowledged, events: readonly StoredEvent[]): string[] {
  // An append's position is that of its last event; of a command that was applied twice, that of the first append.
  if (events.some((event) => event.position === position) && events.some(({ type }) => type === makes)) return [];
  const where = events.length === 0 ? 'is not in the log' : `stands elsewhere: ${named(events)}`;
  return [`${what} was acknowledged at ${Number(position)}, but ${where}`];
}

function twice(command: SentCommand | undefined, id: string, events: readonly StoredEvent[]): string[] {
  if (!command) return [`nobody sent the command ${id} of ${named(events)}`];
  const made = events.filter(({ type }) => type === command.makes).length;
  const ids = new Set(events.map(({ metadata }, index) => eventIdOf(metadata['commandId']!, index)));
  if (made <= 1 && events.every(({ eventId }) => ids.has(eventId))) return [];
  return [`${command.what}, sent ${command.attempts} times, stands ${made} times: ${named(events)}`];
}

function appliedThoughRefused(command: SentCommand | undefined): string[] {
  return command?.refused === undefined ? [] : [`${command.what} was refused with ${command.refused}, and applied all the same`];
}

/** Positions rise strictly; within a stream revisions follow each other from 0. */
function outOfOrder(log: readonly StoredEvent[]): string[] {
  const heads = new Map<string, number>();
  let before = '';
  return log.flatMap(({ position, stream, revision }) => {
    const expected = (heads.get(stream) ?? -1) + 1;
    heads.set(stream, revision);
    const problems = [
      ...(position <= before ? [`position ${position} comes after ${before}`] : []),
      ...(revision === expected ? [] : [`${stream} has revision ${revision} at ${position}, where ${expected} follows`]),
    ];
    before = position;
    return problems;
  });
}

/** The events of one append stand side by side. */
function tornApart(id: string, events: readonly StoredEvent[]): string[] {
  const [first, last] = [Number(events[0]!.position), Number(events.at(-1)!.position)];
  return last - first === events.length - 1 ? [] : [`the command ${id} is torn apart: ${named(events)}`];
}

function otherThanShown(log: readonly StoredEvent[], shown: ReadonlyMap<Position, string>): string[] {
  const ids = new Map(log.map(({ position, eventId }) => [position, eventId]));
  return [...shown].flatMap(([position, seen]) => {
    const found = ids.get(position);
    return found === seen ? [] : [`at ${position} readers saw ${seen}, now there is ${found ?? 'nothing'}`];
  });
}

/** No license ever holds more devices than it has seats. */
function oversold(log: readonly StoredEvent[], seats: number): string[] {
  const held = new Map<string, number>();
  return log.flatMap(({ type, stream, position }) => {
    const change = type === 'KeyActivated' ? 1 : type === 'KeyDeactivated' ? -1 : 0;
    const now = (held.get(stream) ?? 0) + change;
    held.set(stream, now);
    return now > seats || now < 0 ? [`${parseStreamName(stream).id} holds ${now} of ${seats} seats at ${position}`] : [];
  });
}

function named(events: readonly StoredEvent[]): string {
  return events.map(({ type, stream, position }) => `${type} of ${stream} at ${Number(position)}`).join(', ');
}
