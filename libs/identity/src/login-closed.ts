// Since when a customer may be logged in without a break: by which customers the vendor lets in, and by the places that
// he holds. A session that was begun before has ended, also where it is opened to him again before its next request.
import type { CustomerLogin } from '#tenants/tenant.events.js';

/** ISO instants; `until` is null as long as it goes on. */
export type Period = { readonly from: string; readonly until: string | null };

/** When fewer customers than all might log in. */
export type Closed = {
  /** Until when it was last closed to all of them; since when it is so, as long as it is. */
  readonly toAll: string | null;
  /** When only contacts of organizations were let in; the latest first. */
  readonly toOthers: readonly Period[];
};

export const NEVER_CLOSED: Closed = { toAll: null, toOthers: [] };

/** Of more changes than these within the life of a session the earliest are not told apart any more. */
const KEPT = 10;
const FOREVER = '9999-12-31T23:59:59.999Z';

interface Change {
  readonly mode: CustomerLogin;
  readonly previous: CustomerLogin;
}

/** What a change of who may log in does. */
export function closedBy(before: Closed, { mode, previous }: Change, at: string): Closed {
  const ended = before.toOthers.map((period) => (period.until === null ? { ...period, until: at } : period));
  const toOthers = mode === 'contacts' ? [{ from: at, until: null }, ...ended].slice(0, KEPT) : ended;
  return { toAll: mode === 'off' || previous === 'off' ? at : before.toAll, toOthers };
}

/**
 * The last instant at which a customer was not let in; empty where there was none.
 * @param placed when he last was primary or secondary contact of any organization
 */
export function closedUntil({ toAll, toOthers }: Closed, placed: Period | null): string {
  return [toAll ?? '', ...toOthers.map((period) => lastGap(period, placed))].sort().at(-1)!;
}

/** When the part of a period ends in which he held no place. */
function lastGap({ from, until }: Period, placed: Period | null): string {
  const end = until ?? FOREVER;
  if (placed === null || (placed.until ?? FOREVER) < end) return end;
  if (placed.from <= from) return '';
  return placed.from < end ? placed.from : end;
}

/** When somebody held places, after one was given to him or taken from him. */
export function placedBy(before: Period | null, holds: boolean, at: string): Period | null {
  const held = before?.until === null;
  if (holds === held) return before;
  if (!holds) return { ...before!, until: at };
  // Given in the same moment in which another one was taken.
  return before?.until === at ? { ...before, until: null } : { from: at, until: null };
}
