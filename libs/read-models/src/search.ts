import { searchTokens } from '#kernel/text.js';
import type { Conditions } from './read-store.js';

/**
 * What a query asks of an index of search tokens: for each word typed, a word that begins with it
 * (a member of `Query.any` each). Nothing typed asks nothing.
 */
export function searchFor(index: string, typed: string | undefined): Conditions[][] {
  return searchTokens(typed).map((prefix) => [{ [index]: { prefix } }]);
}
