/** How the server's process ends; documented in docs/reference. */
export const EXIT = {
  stopped: 0,
  /** A mistake of the product, a stop that took too long, or a log that the disk could not sync. */
  failed: 1,
  /** The environment was wrong. */
  misconfigured: 2,
  /** The data folder or the address could not be had. */
  refused: 3,
} as const;
