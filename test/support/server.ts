// Starts the built server as its users do: a process of its own on a folder, spoken to over HTTP.
import { spawn, type ChildProcess } from 'node:child_process';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join, resolve } from 'node:path';
import { fileURLToPath } from 'node:url';

/** The folder of the built product. */
export const DIST = resolve(dirname(fileURLToPath(import.meta.url)), '../..');
const START_DEADLINE_MS = 30_000;

/** A server that listens. */
export interface ListeningServer {
  readonly url: string;
  readonly folder: string;
  readonly pid: number;
  /** Printed on an installation without a tenant. */
  readonly setupToken: string | null;
  /** Everything that the process wrote so far, both streams. */
  output(): string;
  /** The exit code, or the signal that ended it; resolves at the end, whoever brought it about. */
  readonly ended: Promise<number | string>;
  /** Sends a signal and waits for the end; answers the exit code, or the signal that ended it. */
  end(signal?: NodeJS.Signals): Promise<number | string>;
}

export interface RunningServer extends ListeningServer {
  /** Ends the server and removes its folder, if it was made for it. */
  dispose(): Promise<void>;
}

export interface ServerOptions {
  /** Default: a new temporary folder. */
  readonly folder?: string;
  readonly env?: Readonly<Record<string, string>>;
  /** Another main than the product's (a path below the build), such as one with a clock of its own. */
  readonly main?: string;
  readonly nodeArguments?: readonly string[];
}

/** A folder for one test, below the system's temporary folder; short, because a socket's path has to fit. */
export function temporaryFolder(): string {
  return mkdtempSync(join(tmpdir(), 'kl-'));
}

/** Runs a main of the build without waiting for anything; for starts that are expected to fail. */
export function spawnServer(folder: string, options: ServerOptions = {}): ChildProcess {
  const main = join(DIST, options.main ?? 'apps/api/src/main.js');
  const env = {
    PATH: process.env['PATH'],
    HOME: process.env['HOME'],
    KEYLEDGER_DATA_DIR: folder,
    KEYLEDGER_PORT: '0',
    ...options.env,
  };
  return spawn(process.execPath, [...(options.nodeArguments ?? []), main], { env, stdio: ['ignore', 'pipe', 'pipe'] });
}

/** Starts the server and waits until it says that it listens. @throws Error with its output where it ends before. */
export async function startServer(options: ServerOptions = {}): Promise<RunningServer> {
  const folder = options.folder ?? temporaryFolder();
  const server = await whenListening(spawnServer(folder, options), folder);
  return {
    ...server,
    async dispose() {
      await server.end('SIGKILL');
      if (!options.folder) rmSync(folder, { recursive: true, force: true });
    },
  };
}

/** Waits until a server that was spawned says that it listens. @throws Error with its output where it ends before. */
export async function whenListening(child: ChildProcess, folder: string): Promise<ListeningServer> {
  let output = '';
  const ended = new Promise<number | string>((done) => child.once('exit', (code, signal) => done(code ?? signal ?? 'unknown')));
  const url = await new Promise<string>((done, fail) => {
    const timer = setTimeout(() => fail(new Error(`the server did not start in time:\n${output}`)), START_DEADLINE_MS);
    let isListening = false;
    const look = (chunk: Buffer) => {
      output += chunk.toString();
      // Under load a server logs much: all of it must not be searched again with every line.
      const listening = isListening ? null : /listening at (http:\/\/\S+)\n/.exec(output);
      if (!listening) return;
      isListening = true;
      done(listening[1]!);
      clearTimeout(timer);
    };
    child.stdout!.on('data', look);
    child.stderr!.on('data', look);
    void ended.then((code) => {
      clearTimeout(timer);
      fail(new Error(`the server ended with ${code}:\n${output}`));
    });
  });
  const end = (signal: NodeJS.Signals = 'SIGTERM') => {
    child.kill(signal);
    return ended;
  };
  return {
    url,
    folder,
    pid: child.pid!,
    setupToken: /setup token: (\S+)/.exec(output)?.[1] ?? null,
    output: () => output,
    ended,
    end,
  };
}
