// The operator's command line as a program, beside a running server.
import { execFile } from 'node:child_process';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { DIST } from './server.js';

/** Runs `keyledger --json …` on a data folder; answers what it printed. @throws Error with its words where it refuses. */
// eslint-disable-next-line @typescript-eslint/no-explicit-any -- each command prints its own shape
export async function keyledger(folder: string, ...args: string[]): Promise<any> {
  const main = join(DIST, 'apps/cli/src/main.js');
  const env = { PATH: process.env['PATH'], HOME: process.env['HOME'], KEYLEDGER_DATA_DIR: folder };
  const { stdout } = await promisify(execFile)(process.execPath, [main, '--json', ...args], { env });
  return JSON.parse(stdout);
}

/** Makes a vendor; answers the secret of a token of its administrator. */
export async function secondVendor(folder: string, slug: string, name: string): Promise<string> {
  await keyledger(folder, 'tenant', 'create', slug, '--name', name, '--legal-entity', `${name} Inc.`);
  const token = await keyledger(folder, 'token', 'create', slug, '--name', `${name} root`, '--role', 'administrator');
  return token.secret as string;
}
