// Tells everybody who waits at the end of the feed that the index has moved: one wait for all of them.
import { START, type Position } from '#event-store/event-store.js';
import { DomainError } from '#kernel/errors.js';
import type { Journal } from '#read-models/journal.js';
import type { Freshness } from '#read-models/wait-for.js';

const TURN_MS = 1_000;

export class Movement {
  private seen: Position = START;
  private turn: Promise<void> | undefined;

  constructor(
    private readonly journal: Journal,
    private readonly freshness: Freshness,
  ) {}

  /** Resolves once the index is beyond a position that it had reached, or after a second at the latest. */
  async beyond(position: Position): Promise<void> {
    if (position < this.seen) return;
    this.seen = position;
    this.turn ??= this.wait(position).finally(() => (this.turn = undefined));
    await this.turn;
  }

  /** Positions are texts: whatever is after `p` is not before `p!`. */
  private async wait(position: Position): Promise<void> {
    try {
      const reached = await this.freshness.waitFor(this.journal.view, `${position}!`, TURN_MS);
      if (reached > this.seen) this.seen = reached;
    } catch (error) {
      if (!(error instanceof DomainError) || error.code !== 'read.not-caught-up') throw error;
    }
  }
}
