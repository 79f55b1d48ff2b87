// Chance that can be repeated: the same seed gives the same run of numbers.

export interface Random {
  /** From 0 up to, not including, 1. */
  (): number;
}

/** Mulberry32, a generator of 32 bits: fast, and good enough to choose what happens next. */
export function randomOf(seed: number): Random {
  let state = seed | 0;
  return () => {
    state = (state + 0x6d2b79f5) | 0;
    let mixed = Math.imul(state ^ (state >>> 15), state | 1);
    mixed ^= mixed + Math.imul(mixed ^ (mixed >>> 7), mixed | 61);
    return ((mixed ^ (mixed >>> 14)) >>> 0) / 2 ** 32;
  };
}

export function oneOf<T>(random: Random, all: readonly T[]): T {
  return all[Math.floor(random() * all.length)]!;
}
