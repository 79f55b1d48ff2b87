// The operator's command line as a program, beside a running server.
import { execFile } from 'node:child_process';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { DIST } from './server.js';

/** How a command of the command line ended. */
export interface Said {
  readonly code: number;
  readonly out: string;
  readonly error: string;
}

/** The built command line. */
export const MAIN = join(DIST, 'apps/cli/src/main.js');
const environment = (folder: string) => ({
  PATH: process.env['PATH'],
  HOME: process.env['HOME'],
  KEYLEDGER_DATA_DIR: folder,
});

/** Runs `keyledger …` on a data folder, to its end. */
export function command(folder: string, ...args: string[]): Promise<Said> {
  return commandUnder([], folder, ...args);
}

/** Runs it under another program, such as one that sets limits. */
export function commandUnder(program: readonly string[], folder: string, ...args: string[]): Promise<Said> {
  const [file, ...rest] = [...program, process.execPath, MAIN, ...args];
  return new Promise((resolve) => {
    execFile(file!, rest, { env: environment(folder), maxBuffer: 2 ** 28 }, (error, out, err) => {
      resolve({ code: typeof error?.code === 'number' ? error.code : error ? -1 : 0, out, error: err });
    });
  });
}

/** Runs `keyledger --json …` on a data folder; answers what it printed. @throws Error with its words where it refuses. */
// eslint-disable-next-line @typescript-eslint/no-explicit-any -- each command prints its own shape
export async function keyledger(folder: string, ...args: string[]): Promise<any> {
  const { stdout } = await promisify(execFile)(process.execPath, [MAIN, '--json', ...args], { env: environment(folder) });
  return JSON.parse(stdout);
}

/** Makes a vendor; answers the secret of a token of its administrator. */
export async function secondVendor(folder: string, slug: string, name: string): Promise<string> {
  await keyledger(folder, 'tenant', 'create', slug, '--name', name, '--legal-entity', `${name} Inc.`);
  const token = await keyledger(folder, 'token', 'create', slug, '--name', `${name} root`, '--role', 'administrator');
  return token.secret as string;
}
