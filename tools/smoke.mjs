// Starts the built server on an empty folder, calls its health addresses, and stops it.
import { spawn } from 'node:child_process';
import { mkdtempSync, rmSync } from 'node:fs';
import { createServer } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { entryOf } from './build.mjs';

const DEADLINE_MS = 60_000;

const folder = mkdtempSync(join(tmpdir(), 'keyledger-smoke-'));
const port = await freePort();
const server = spawn(process.execPath, [entryOf('api')], {
  env: { ...process.env, KEYLEDGER_DATA_DIR: folder, KEYLEDGER_HOST: '127.0.0.1', KEYLEDGER_PORT: String(port) },
  stdio: 'inherit',
});
const ended = new Promise((resolve) => server.on('close', (code, signal) => resolve(signal ?? code)));
const tooLate = setTimeout(() => server.kill('SIGKILL'), DEADLINE_MS);
try {
  for (const path of ['/health/live', '/health/ready']) await answersOk(path);
  server.kill('SIGTERM');
  const how = await ended;
  if (how !== 0) throw new Error(`the server ended with ${how} after SIGTERM`);
  console.log('stopped on SIGTERM with exit code 0');
} catch (error) {
  console.error(`The built server is not sound: ${error.message}`);
  process.exitCode = 1;
} finally {
  clearTimeout(tooLate);
  server.kill('SIGKILL');
  await ended;
  rmSync(folder, { recursive: true });
}

/** Asks until the address answers 200, as long as the server runs. */
async function answersOk(path) {
  for (;;) {
    if (server.exitCode !== null || server.signalCode !== null) throw new Error(`it ended before ${path} answered 200`);
    const status = await fetch(`http://127.0.0.1:${port}${path}`).then(
      (response) => response.text().then(() => response.status),
      () => undefined,
    );
    if (status === 200) break;
    await new Promise((resolve) => setTimeout(resolve, 100));
  }
  console.log(`${path} answers 200`);
}

/** A port that was free a moment ago. */
function freePort() {
  return new Promise((resolve) => {
    const probe = createServer().listen(0, '127.0.0.1', () => {
      const { port: free } = probe.address();
      probe.close(() => resolve(free));
    });
  });
}
