// A server whose clock a test moves.
import { renameSync, writeFileSync } from 'node:fs';
import { join, relative } from 'node:path';
import { fileURLToPath } from 'node:url';
import { DIST, startServer, type RunningServer, type ServerOptions } from './server.js';

export const CLOCK_FILE = 'test-clock';
const main = relative(DIST, fileURLToPath(new URL('./clocked-main.js', import.meta.url)));
const DAY_MS = 86_400_000;

export interface ClockedServer extends RunningServer {
  /** Moves the clock forward. */
  pass(time: { readonly days?: number; readonly ms?: number }): void;
  /** An instant so many days from the server's present. */
  inDays(days: number): string;
}

export async function startClockedServer(options: ServerOptions = {}): Promise<ClockedServer> {
  const server = await startServer({ ...options, main });
  let ahead = 0;
  return {
    ...server,
    pass({ days = 0, ms = 0 }) {
      ahead += days * DAY_MS + ms;
      // Replaced in one step: the server never reads half a number.
      writeFileSync(join(server.folder, `${CLOCK_FILE}.new`), String(ahead));
      renameSync(join(server.folder, `${CLOCK_FILE}.new`), join(server.folder, CLOCK_FILE));
    },
    inDays: (days) => new Date(Date.now() + ahead + days * DAY_MS).toISOString(),
  };
}
