// Starting other programs, and giving up with a sentence.
import { spawn, spawnSync } from 'node:child_process';
import { fileURLToPath } from 'node:url';

export const ROOT = fileURLToPath(new URL('..', import.meta.url));

/** Ends the run with a sentence that says what to do, and no stack trace. */
export class Refusal extends Error {
  name = 'Refusal';
}

/** Runs Node with arguments at the top of the tree, with its output shown; answers the exit code. */
export function node(args, env = {}) {
  const { status, signal } = spawnSync(process.execPath, args, { cwd: ROOT, stdio: 'inherit', env: { ...process.env, ...env } });
  return signal === null ? status : 1;
}

/** Runs npm, its output kept; `onWait` is called every 20 s meanwhile. */
export function npm(args, env, onWait) {
  // Under `npm run`, npm tells where it is; npm on Windows is a script that only a shell can start.
  const [command, first] = process.env.npm_execpath ? [process.execPath, [process.env.npm_execpath]] : ['npm', []];
  return new Promise((resolve) => {
    const child = spawn(command, [...first, ...args], {
      cwd: ROOT,
      env: { ...process.env, ...env },
      shell: first.length === 0 && process.platform === 'win32',
    });
    let output = '';
    const keep = (chunk) => (output += chunk);
    child.stdout.on('data', keep);
    child.stderr.on('data', keep);
    const timer = setInterval(onWait, 20_000);
    const end = (ok, text) => {
      clearInterval(timer);
      resolve({ ok, output: output + text });
    };
    child.on('error', (error) => end(false, `${error.message}\n`));
    child.on('close', (code) => end(code === 0, ''));
  });
}
