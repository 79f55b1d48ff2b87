// Text whose order is the same on every server: MongoDB compares bytes of UTF-8, others that speak its protocol compare units
// of UTF-16, and both differ beyond the basic plane.

/** The last character before the surrogates: it opens every escape, so nothing that is written here sorts behind it. */
const ESCAPE = '\ud7ff';
const FROM_ESCAPE = /[\ud7ff-\uffff]/;
/** Behind every text that {@link sortable} makes. */
export const BEHIND_ALL = '\ue000';
/** Keeps the halves of an escaped character away from control characters. */
const SHIFT = 0x20;

/** As text whose order, by bytes or by units, is that of the code points of `text`. What begins alike still begins alike. */
export function sortable(text: string): string {
  if (!FROM_ESCAPE.test(text)) return text;
  return Array.from(text, (character) => {
    const point = character.codePointAt(0)!;
    return character < ESCAPE ? character : ESCAPE + String.fromCharCode((point >> 12) + SHIFT, (point & 0xfff) + SHIFT);
  }).join('');
}

/** The text that {@link sortable} was given. */
export function unsorted(text: string): string {
  return text.replace(/\ud7ff(.)(.)/gs, (_, high: string, low: string) =>
    String.fromCodePoint(((high.charCodeAt(0) - SHIFT) << 12) | (low.charCodeAt(0) - SHIFT)),
  );
}
