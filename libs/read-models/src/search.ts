import { searchTokens } from '#kernel/text.js';
import type { Condition, Conditions } from './read-store.js';

/** The filters that a caller has set: those whose value is undefined are left out. Never for what limits a caller's sight. */
export function asked(filters: Readonly<Record<string, Pick<Condition, 'equal' | 'in'>>>): Conditions {
  return Object.fromEntries(
    Object.entries(filters).filter(([, { equal, in: among }]) => equal !== undefined || among !== undefined),
  );
}

/**
 * What a query asks of an index of search tokens: for each word typed, a word that begins with it
 * (a member of `Query.any` each). Nothing typed asks nothing.
 */
export function searchFor(index: string, typed: string | undefined): Conditions[][] {
  return searchTokens(typed).map((prefix) => [{ [index]: { prefix } }]);
}
