/** What a command of the CLI ends with; documented in `--help` and in docs/reference. */
export const EXIT = {
  ok: 0,
  /** The installation refused, with a code. */
  refused: 1,
  /** The command line was wrong. */
  usage: 2,
  /** The installation could not be reached or opened. */
  unavailable: 3,
  /** A signal ended it; what was half made is gone. 128 and the number of SIGINT, as shells have it. */
  interrupted: 130,
} as const;
