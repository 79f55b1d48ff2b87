// The two servers of a run, each a process of its own: the product, and the empty one that is its ceiling.
import { spawn } from 'node:child_process';
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { performance } from 'node:perf_hooks';
import { lagOf } from '../support/lag.js';
import { DIST, startServer, type RunningServer } from '../support/server.js';

/** As delivered, but for the limits of calls per token and per address, which those of a run exceed. */
export const UNLIMITED = { KEYLEDGER_RATE_LIMIT_CREDENTIAL: '1000000', KEYLEDGER_RATE_LIMIT_ADDRESS: '1000000' };

/** Starts the product and waits until it calls itself ready, both together in milliseconds; then until its views have caught up. */
export async function startProduct(
  folder: string,
  nodeArguments: readonly string[] = [],
): Promise<{ server: RunningServer; startMs: number }> {
  const start = performance.now();
  const server = await startServer({ folder, env: UNLIMITED, nodeArguments });
  while (!(await fetch(`${server.url}/health/ready`)).ok) await new Promise((resolve) => setTimeout(resolve, 5));
  const startMs = performance.now() - start;
  // What was issued before the start is not what is measured next.
  while ((await lagOf(server.url)) > 0) await new Promise((resolve) => setTimeout(resolve, 50));
  return { server, startMs };
}

export interface EmptyServer {
  readonly url: string;
  end(): void;
}

/** @param sizes of the answers to POST and GET, in bytes */
export async function startEmpty(sizes: { readonly post: number; readonly get: number }): Promise<EmptyServer> {
  const main = join(DIST, 'test/bench/empty-server.js');
  const child = spawn(process.execPath, [main, String(sizes.post), String(sizes.get)], { stdio: ['ignore', 'pipe', 'inherit'] });
  const url = await new Promise<string>((resolve, reject) => {
    child.once('exit', (code) => reject(new Error(`the empty server ended with ${code}`)));
    let output = '';
    child.stdout.on('data', (chunk: Buffer) => {
      output += chunk.toString();
      const listening = /listening at (http:\/\/\S+)\n/.exec(output);
      if (listening) resolve(listening[1]!);
    });
  });
  return { url, end: () => void child.kill() };
}

/** Resident memory of a process in MiB; null where the system does not tell it as Linux does. */
export function residentMiB(pid: number): number | null {
  try {
    const kib = /VmRSS:\s+(\d+) kB/.exec(readFileSync(`/proc/${pid}/status`, 'utf8'))?.[1];
    return kib === undefined ? null : Number(kib) / 1024;
  } catch {
    return null;
  }
}
