import { tallyView } from './tallies.js';

/** What no view may do: its documents depend on when they are folded. Planted to be caught. */
export const clockView = tallyView(1, {
  on: { Counted: { evolve: () => ({ sum: Number(process.hrtime.bigint() % 1_000_000_007n), steps: [], from: null }) } },
});
