// `npm run flips`: changes one grant after the other in the code, as it were, and demands that a case of the matrix fails each
// time. Ends with 0 only if every flip was noticed.
import { cpSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { Command } from 'commander';
import { startServer, temporaryFolder } from '../support/server.js';
import { CASES } from './cases.js';
import { allFlips, columnsOf, FLIP_FILE, type Flip, type FlippedServer } from './flip.js';
import { expectedOf } from './expected.js';
import { populate, UNLIMITED, worldAt, type Facts, type World } from './world.js';

const env = { ...UNLIMITED, KEYLEDGER_ACCESS_LAG_MAX: '1m', KEYLEDGER_LOG_LEVEL: 'warn' };

const { only } = new Command('flips')
  .description('Takes and gives each grant of each role once, and demands that a case of the matrix of visibility fails.')
  .option('--only <holder>', 'a role, or `contact` for the place of one')
  .addHelpText('after', '\nExample: npm run flips -- --only support')
  .parse()
  .opts<{ only?: string }>();

function say(line: string): void {
  process.stdout.write(`${line}\n`);
}

/** By permission, the case that noticed it before: most likely it does again. */
const noticedBy = new Map<string, string>();

/** The first case that fails, if any does. */
async function failing(world: World, flip: Flip): Promise<string | null> {
  const first = noticedBy.get(flip.grant.permission);
  const names = Object.keys(CASES).sort((a, b) => Number(b === first) - Number(a === first));
  for (const column of columnsOf(flip)) {
    const expected = expectedOf(column, '');
    for (const name of names) {
      const could = await CASES[name]!(world.people[column]!, world).catch((error: unknown) => String(error));
      if (could === expected[name]) continue;
      noticedBy.set(flip.grant.permission, name);
      return `${column}: ${name}`;
    }
  }
  return null;
}

/** Runs the cases against a server with the flip, on a copy of the folder. */
async function tryFlip(template: string, facts: Facts, flipped: FlippedServer): Promise<string | null> {
  const folder = mkdtempSync(join(tmpdir(), 'kl-flip-'));
  cpSync(template, folder, { recursive: true });
  writeFileSync(join(folder, FLIP_FILE), JSON.stringify(flipped));
  const server = await startServer({ folder, env, main: 'test/visibility/flipped-main.js' });
  try {
    return await failing(worldAt(server.url, facts), flipped.flip);
  } finally {
    await server.end('SIGKILL');
    rmSync(folder, { recursive: true, force: true });
  }
}

const template = temporaryFolder();
try {
  const server = await startServer({ folder: template, env });
  const facts = await populate(server).finally(() => server.end());
  const at = new Date().toISOString();
  const flips = allFlips().filter(({ holder }) => only === undefined || holder === only);
  let noticed = 0;
  for (const [index, flip] of flips.entries()) {
    const { kind, holder, grant } = flip;
    const by = await tryFlip(template, facts, { flip, at });
    if (by !== null) noticed++;
    say(`${index + 1} of ${flips.length}  ${holder}: ${kind} ${grant.permission} ${grant.scope}  ${by ?? 'NOT NOTICED'}`);
  }
  say(`${flips.length} flips, ${noticed} noticed`);
  process.exitCode = flips.length > 0 && noticed === flips.length ? 0 : 1;
} finally {
  rmSync(template, { recursive: true, force: true });
}
