// The order of an outside system's versions. Its tokens mean nothing here but which of two is the later one.

const WHOLE_NUMBER = /^\d+$/;

function byCharacters(a: string, b: string): number {
  return a === b ? 0 : a < b ? -1 : 1;
}

/**
 * Negative where `a` is the older one, 0 where both are the same. Whole numbers of any length are ordered by their value, and
 * come before all other tokens, which are ordered by their characters: one order for all, so that a system that moves
 * from numbers to instants goes on.
 */
export function compareVersions(a: string, b: string): number {
  const numbers = [a, b].map((token) => WHOLE_NUMBER.test(token));
  if (numbers[0] !== numbers[1]) return numbers[0] ? -1 : 1;
  if (!numbers[0]) return byCharacters(a, b);
  const [x, y] = [a, b].map((token) => token.replace(/^0+(?=\d)/, ''));
  return x!.length - y!.length || byCharacters(x!, y!);
}
