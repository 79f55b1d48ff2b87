// Faults that a server is given on purpose: a check that cannot fail is worth nothing.
import { fileURLToPath } from 'node:url';
import type { ServerOptions } from '../support/server.js';

export const PLANTED = ['lose', 'double'] as const;
export type Planted = (typeof PLANTED)[number];

/** How to start a server with the fault; without one, the server as it is. */
export function planted(fault: Planted | undefined): Pick<ServerOptions, 'nodeArguments'> {
  if (fault === undefined) return {};
  return { nodeArguments: ['--import', fileURLToPath(new URL(`./planted/${fault}.js`, import.meta.url))] };
}
