// `npm run crash`: kills a server under load, again and again, and tells what became of what it had acknowledged.
// The last line tells the totals; the exit code is 1 where anything was lost, applied twice or otherwise wrong.
import { rmSync } from 'node:fs';
import { performance } from 'node:perf_hooks';
import { Command, InvalidArgumentError, Option } from 'commander';
import { PoweredDisk } from '../disk/powered-disk.js';
import { buildShim } from '../disk/shim.js';
import { temporaryFolder } from '../support/server.js';
import { Campaign, type Standing } from './campaign.js';
import { deafTo, NEED_POWER, planted, PLANTED, type Planted } from './planted.js';
import { isClean } from './judge.js';

function count(text: string): number {
  const number = Number(text);
  if (!Number.isSafeInteger(number) || number < 1) throw new InvalidArgumentError('It is a whole number from 1.');
  return number;
}

interface Options {
  readonly kills: number;
  readonly seed: number;
  readonly power: boolean;
  readonly plant?: Planted;
  readonly json: boolean;
}

const command = new Command('crash')
  .description('Kills the built server under mixed load, again and again, and checks what it had acknowledged.')
  .option('--kills <n>', 'how often', count, 20)
  .option('--power', 'each kill is a loss of power: what was written and not synced is thrown away', false)
  .option('--seed <n>', 'repeats the choices of an earlier run; the moments of a machine do not repeat', count, Date.now() % 1e9)
  .addOption(new Option('--plant <fault>', 'gives the server or its disk a fault that must be found').choices(PLANTED))
  .option('--json', 'one JSON object as the last line', false)
  .addHelpText(
    'after',
    `
The last line is "kills=N acknowledged=A lost=0 twice=0" (with --json the line before it).
Exit codes: 0 all is well, 1 something was lost, applied twice or otherwise wrong.

Examples:
  $ npm run crash -- --kills 300
  $ npm run crash -- --power --kills 50
  $ npm run crash -- --power --kills 5 --plant sync-off`,
  );
const options = command.parse().opts<Options>();
if (options.plant && NEED_POWER.includes(options.plant) && !options.power) {
  command.error(`error: --plant ${options.plant} shows only where power is lost: add --power`);
}

const SAY_EVERY_MS = 2_000;
/** Of each sort of finding. */
const SHOWN = 10;

function say(line: string): void {
  process.stdout.write(`${line}\n`);
}

function totals({ kills, acknowledged, findings: { lost, twice } }: Standing): string {
  return `kills=${kills} acknowledged=${acknowledged} lost=${lost.length} twice=${twice.length}`;
}

function sayProgress(): (so: Standing) => void {
  const start = performance.now();
  let said = start;
  return (so) => {
    const now = performance.now();
    if (now - said < SAY_EVERY_MS && so.kills < options.kills) return;
    said = now;
    const perSecond = so.kills / ((now - start) / 1000);
    const left = Math.ceil((options.kills - so.kills) / perSecond);
    say(`${totals(so)}; cut off and repeated: ${so.cut}; ${perSecond.toFixed(2)} kills/s, ${left} s left`);
  };
}

function sayFindings({ findings: { lost, twice, wrong } }: Standing): void {
  for (const [what, found] of Object.entries({ lost, twice, wrong })) {
    for (const each of found.slice(0, SHOWN)) say(`${what}: ${each}`);
    if (found.length > SHOWN) say(`${what}: … and ${found.length - SHOWN} more`);
  }
}

const { kills, seed, plant, power } = options;
const folder = temporaryFolder();
const shim = power ? buildShim() : undefined;
const disk = shim && new PoweredDisk(folder, shim.path, deafTo(plant));
say(`seed ${seed}, folder ${folder}`);
const start = performance.now();
const campaign = new Campaign({ kills, seed, folder, disk, server: planted(plant), rebuildEvery: 100, onKill: sayProgress() });
const end = await campaign.run();
const seconds = (performance.now() - start) / 1000;
const clean = isClean(end.findings);
shim?.remove();
disk?.end();
sayFindings(end);
const { work, start: starting, rebuild, backup } = end.moments;
say(`killed at work ${work} times, on its way up ${starting}, during a rebuild of a view ${rebuild}, during a backup ${backup}`);
if (clean) rmSync(folder, { recursive: true, force: true });
else say(`The folder is left for a look: ${folder}`);
say(totals(end));
if (options.json) {
  const { acknowledged, cut, moments, findings } = end;
  const found = { lost: findings.lost.length, twice: findings.twice.length, wrong: findings.wrong.length };
  const done = { kills: end.kills, acknowledged, ...found, cut, moments, power };
  say(JSON.stringify({ ...done, seconds: Number(seconds.toFixed(1)), seed }));
}
process.exit(clean ? 0 : 1);
