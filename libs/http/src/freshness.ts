import type { Position } from '#event-store/event-store.js';
import type { AnyView } from '#read-models/view.js';

/** PORT: waiting for views, for reading one's own writes. */
export abstract class Freshness {
  /**
   * Answers as of which position the view can be read, at least `position`; waits up to `waitMs` for it.
   * @throws `read.not-caught-up` with `{ asOf, position }`.
   */
  abstract waitFor(view: AnyView, position: Position, waitMs: number): Promise<Position>;
}
