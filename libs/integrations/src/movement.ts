// Tells everybody who waits at the end of the feed that the index has moved: one wait for all of them.
import type { Position } from '#event-store/event-store.js';
import { DomainError } from '#kernel/errors.js';
import type { Journal } from '#read-models/journal.js';
import type { Freshness } from '#read-models/wait-for.js';

const TURN_MS = 1_000;

export class Movement {
  private turn: Promise<void> | undefined;

  constructor(
    private readonly journal: Journal,
    private readonly freshness: Freshness,
  ) {}

  /**
   * Resolves at once where the index is beyond a position, else when it has moved, or after a second at the
   * latest. Whoever is ahead of the index, having read elsewhere of what it has not got yet, waits like all others.
   */
  async beyond(position: Position): Promise<void> {
    const asOf = await this.journal.asOf();
    if (position < asOf) return;
    this.turn ??= this.moved(asOf).finally(() => (this.turn = undefined));
    await this.turn;
  }

  /** Positions are texts: whatever is after `p` is not before `p!`. */
  private async moved(asOf: Position): Promise<void> {
    try {
      await this.freshness.waitFor(this.journal.view, `${asOf}!`, TURN_MS);
    } catch (error) {
      if (!(error instanceof DomainError) || error.code !== 'read.not-caught-up') throw error;
    }
  }
}
