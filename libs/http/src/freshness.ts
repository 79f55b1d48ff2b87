import type { Position } from '#event-store/event-store.js';
import type { AnyView } from '#read-models/view.js';

/** PORT: how far views are, for reading one's own writes. */
export abstract class Freshness {
  /** Waits until the active version of the view has reached the position; false where `ms` were not enough. */
  abstract waitFor(view: AnyView, position: Position, ms: number): Promise<boolean>;

  /** The position of the last event of the log. */
  abstract head(): Promise<Position>;
}
