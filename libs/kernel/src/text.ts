// How texts are sorted and searched: keys computed in code, so that every store orders and finds alike.

import { ERASED } from './fields.js';

const TOKENS = 40;
const TOKEN_LENGTH = 32;

/** A text with case, accents and compatibility forms folded away; nothing of one that was erased. */
function foldText(text: string): string {
  if (text === ERASED) return '';
  return text.normalize('NFKD').replace(/\p{M}/gu, '').toLowerCase().normalize('NFC');
}

/** What a list sorts by where people read names. */
export function sortKey(text: string): string {
  return foldText(text).slice(0, 100);
}

/**
 * The words under which texts are found by their beginnings: runs of letters and digits, folded; each once,
 * at most 40 of at most 32 characters. The same function cuts what somebody searches for.
 */
export function searchTokens(...texts: readonly (string | null | undefined)[]): string[] {
  const words = texts.flatMap((text) => (text ? (foldText(text).match(/[\p{L}\p{N}]+/gu) ?? []) : []));
  return [...new Set(words.map((word) => [...word].slice(0, TOKEN_LENGTH).join('')))].slice(0, TOKENS);
}
