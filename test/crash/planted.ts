// Faults that a server is given on purpose: a check that cannot fail is worth nothing.
import { fileURLToPath } from 'node:url';
import type { ServerOptions } from '../support/server.js';

export const PLANTED = ['lose', 'double', 'sync-off', 'sync-ignored'] as const;
export type Planted = (typeof PLANTED)[number];

/** Faults that only a loss of power brings to light. */
export const NEED_POWER: readonly Planted[] = ['sync-off', 'sync-ignored'];

/** How to start a server with the fault; without one, the server as it is. */
export function planted(fault: Planted | undefined): Pick<ServerOptions, 'nodeArguments'> {
  if (fault === undefined || fault === 'sync-ignored') return {};
  return { nodeArguments: ['--import', fileURLToPath(new URL(`./planted/${fault}.js`, import.meta.url))] };
}

/** The files whose syncs have no effect: a fault of the disk, not of the server. */
export function deafTo(fault: Planted | undefined): string | undefined {
  return fault === 'sync-ignored' ? 'events.db' : undefined;
}
