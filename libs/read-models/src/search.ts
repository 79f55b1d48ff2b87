// How views make text sortable and findable: words folded to one form, found by how they begin.
// No store computes anything of this, so that two stores find the same.
import { ERASED } from '#kernel/fields.js';
import type { Conditions } from './read-store.js';

const LONGEST_KEY = 100;
const LONGEST_WORD = 40;
const MOST_WORDS = 60;

/** The form in which two spellings are the same: without case, accents and compatibility forms. */
function folded(text: string): string {
  return text === ERASED ? '' : text.normalize('NFKD').replace(/\p{M}/gu, '').toLowerCase();
}

/** The value by which a list sorts people's text. */
export function sortKey(text: string): string {
  return folded(text).trim().slice(0, LONGEST_KEY);
}

/** The words of several texts, each once, for an index of the sort `many`. */
export function searchWords(...texts: readonly (string | null | undefined)[]): string[] {
  const words = texts.flatMap((text) => folded(text ?? '').match(/[\p{L}\p{N}]+/gu) ?? []);
  return [...new Set(words.map((word) => word.slice(0, LONGEST_WORD)))].slice(0, MOST_WORDS);
}

/** What a query asks of such an index: for each word typed, a word that begins with it. Nothing typed asks nothing. */
export function searchFor(index: string, typed: string | undefined): Conditions[][] {
  return searchWords(typed).map((prefix) => [{ [index]: { prefix } }]);
}
