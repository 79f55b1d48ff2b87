// How license keys look, how a mistyped one is recognised before anything is looked up, and the
// one form in which two ways of writing a key are the same.
//
// Symbols are those of Crockford's Base 32 (https://www.crockford.com/base32.html): no I, L, O, U.
// The last symbol is a check character after H. M. Damm, "Total anti-symmetrische Quasigruppen",
// Marburg 2004, example 5.2, over the field of 32 elements: it catches every wrong symbol and every
// swap of two neighbours, the check character and the prefix included.
import type { KeyFormat } from './terms.js';

const SYMBOLS = '0123456789ABCDEFGHJKMNPQRSTVWXYZ';
/** x^5 + x^2 + 1, irreducible over GF(2). */
const FIELD = 0b100101;

/** Letters that the alphabet leaves out, and the symbol that each is read as. */
const READ_AS: Readonly<Record<string, string>> = { O: '0', I: '1', L: '1', U: 'V' };

/** White space, hyphens and dashes of any sort, the minus sign, and characters without width. */
const IGNORED = /[\s\p{Pd}\u2212\u00ad\u200b-\u200d\u2060\ufeff]/gu;

/** A prefix of 8 and 8 groups of 8. */
const LONGEST = 72;
const SHORTEST = 20;

/** Symbols of a key without its prefix, the check character included. */
export function symbolsNeeded(format: KeyFormat): number {
  return format.groups * format.groupLength;
}

/** Random bytes that {@link makeKey} takes: one per symbol, none for the check character. */
export function bytesNeeded(format: KeyFormat): number {
  return symbolsNeeded(format) - 1;
}

/**
 * A key as people see it: the prefix, then groups, with hyphens between.
 * Each symbol takes five bits of one random byte, so that all keys are equally likely.
 *
 * @throws Error where `random` is not exactly as long as {@link bytesNeeded} says: a mistake of the caller.
 */
export function makeKey(format: KeyFormat, random: Uint8Array): string {
  const wanted = bytesNeeded(format);
  if (random.length !== wanted) throw new Error(`a key of this format takes ${wanted} random bytes, got ${random.length}`);
  const symbols = Array.from(random, (byte) => SYMBOLS[byte & 31]!).join('');
  const body = symbols + SYMBOLS[remainder(readAs(format.prefix ?? '') + symbols)]!;
  const groups = Array.from({ length: format.groups }, (_, i) =>
    body.slice(i * format.groupLength, (i + 1) * format.groupLength),
  );
  return [...(format.prefix ? [format.prefix] : []), ...groups].join('-');
}

/**
 * The form of a key that is hashed and compared: its symbols, prefix first, in upper case and without
 * hyphens. It needs no format: case, spaces and hyphens do not matter, and O, I, L, U are read as 0, 1, 1, V,
 * in the prefix too. Null for what cannot be a key, or whose check character is wrong.
 */
export function normalizeKey(input: string): string | null {
  if (input.length > 4 * LONGEST) return null;
  const typed = input.replace(IGNORED, '');
  if (typed.length < SHORTEST || typed.length > LONGEST || !/^[0-9A-Za-z]+$/.test(typed)) return null;
  const key = readAs(typed.toUpperCase());
  return remainder(key) === 0 ? key : null;
}

/** A key of which only the last group can be read: `•••••-•••••-AB3CD`. */
export function maskKey(key: string): string {
  const last = key.lastIndexOf('-') + 1;
  return key.slice(0, last).replace(/[^-]/g, '•') + key.slice(last);
}

function readAs(text: string): string {
  return text.replace(/[OILU]/g, (letter) => READ_AS[letter]!);
}

/** 0 for symbols that end in their check character; otherwise the number of the symbol that must follow. */
function remainder(symbols: string): number {
  // From 0, a lost or added leading 0 would change nothing.
  let sum = 1;
  for (const symbol of symbols) {
    sum = (sum ^ SYMBOLS.indexOf(symbol)) << 1;
    if (sum > 31) sum ^= FIELD;
  }
  return sum;
}
