// `npm run demo`: the server with a fresh demo vendor, to try by hand. `npm run demo -- --check`: plays the
// whole story over HTTP, as outsiders would, and ends with 0 only if every step held.
import { createServer } from 'node:net';
import { Command } from 'commander';
import { startServer } from '../support/server.js';
import { introduce } from './introduce.js';
import { seedVendor } from './seed.js';
import { playStory } from './story.js';

const DEFAULT_PORT = 8080;

interface Options {
  readonly check: boolean;
  readonly port?: string;
}

const program = new Command('demo')
  .description('Starts the server with a fresh demo vendor in a temporary folder, which is removed at the end.')
  .option('--check', 'play the story, print each step with its answer, and stop', false)
  .option('--port <port>', `where to listen; default: ${DEFAULT_PORT}, or any other where it is taken; with --check any free one`)
  .parse();
const { check, port } = program.opts<Options>();

if (check) process.exitCode = (await playStory()) ? 0 : 1;
else await show(port === undefined ? await freePort(DEFAULT_PORT) : Number(port));

async function show(wanted: number): Promise<void> {
  // A demo is driven by one person with one token, faster than a customer's back office would.
  const server = await startServer({
    env: { KEYLEDGER_PORT: String(wanted), KEYLEDGER_LOG_LEVEL: 'warn', KEYLEDGER_RATE_LIMIT_CREDENTIAL: '0' },
  });
  const stopped = new Promise<void>((resolve) => {
    for (const signal of ['SIGINT', 'SIGTERM'] as const) process.once(signal, () => resolve());
  });
  try {
    process.stdout.write('Making a demo vendor …\n');
    const demo = await seedVendor(server);
    process.stdout.write(introduce(server.url, demo));
    await Promise.race([stopped, server.ended]);
  } finally {
    await server.end();
    await server.dispose();
  }
}

/** The wanted port, or 0 (any) where somebody else listens on it. */
function freePort(wanted: number): Promise<number> {
  return new Promise((resolve) => {
    const probe = createServer();
    probe.once('error', () => resolve(0));
    probe.listen(wanted, '127.0.0.1', () => probe.close(() => resolve(wanted)));
  });
}
