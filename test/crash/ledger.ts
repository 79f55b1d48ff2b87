// What the clients of a run know: every command that they sent, and what they were told of it.
import type { Position } from '#event-store/event-store.js';
import type { Body } from '../support/client.js';

export interface SentCommand {
  /** As the server derives it from tenant, caller and `Idempotency-Key`. */
  readonly commandId: string;
  /** The event that it makes, once. */
  readonly makes: string;
  /** For whoever reads a report: method, path and key. */
  readonly what: string;
  /** How often it was sent. */
  attempts: number;
  /** The code of a refusal, which promises that nothing was written. */
  refused?: string;
}

/** A client has read an answer of 2xx to its end. */
export interface Acknowledged {
  readonly command: SentCommand;
  readonly position: Position;
}

export class Ledger {
  readonly sent = new Map<string, SentCommand>();
  readonly acknowledged: Acknowledged[] = [];
  /** Events that readers were shown, by position. */
  readonly shown = new Map<Position, string>();
  /** What no client should ever meet. */
  readonly complaints: string[] = [];
  /** How often commands were refused for good, by code. */
  readonly refusals = new Map<string, number>();
  /** Refusals after which a command is to be repeated, the last one of each code. */
  readonly postponed = new Map<string, Body>();
  /** Commands whose connection was cut before the answer was there. */
  cut = 0;
  /** Commands and questions that are over. */
  steps = 0;
  private waiting: { readonly count: number; readonly resolve: () => void }[] = [];

  open(commandId: string, makes: string, what: string): SentCommand {
    const command: SentCommand = { commandId, makes, what, attempts: 0 };
    this.sent.set(commandId, command);
    return command;
  }

  acknowledge(command: SentCommand, position: Position): void {
    this.acknowledged.push({ command, position });
    const { length } = this.acknowledged;
    for (const { count, resolve } of this.waiting) if (count === length) resolve();
    this.waiting = this.waiting.filter(({ count }) => count > length);
  }

  /** Resolves with the `more`th acknowledgement from now on. */
  acknowledgements(more: number): Promise<void> {
    const count = this.acknowledged.length + more;
    return new Promise((resolve) => this.waiting.push({ count, resolve }));
  }

  refuse(command: SentCommand, code: string): void {
    command.refused = code;
    this.refusals.set(code, (this.refusals.get(code) ?? 0) + 1);
  }

  /** The server said: not now. */
  postpone(problem: Body): void {
    this.postponed.set(problem.code, problem);
  }

  /** A reader saw this event there. */
  show(position: Position, eventId: string): void {
    const before = this.shown.get(position);
    if (before !== undefined && before !== eventId) this.complain(`readers saw ${before} and ${eventId} at ${position}`);
    this.shown.set(position, eventId);
  }

  complain(what: string): void {
    this.complaints.push(what);
  }
}
