// `npm run crash`: kills a server under load, again and again, and tells what became of what it had acknowledged.
// The last line tells the totals; the exit code is 1 where anything was lost, applied twice or otherwise wrong.
import { rmSync } from 'node:fs';
import { performance } from 'node:perf_hooks';
import { Command, InvalidArgumentError, Option } from 'commander';
import { temporaryFolder } from '../support/server.js';
import { Campaign, type Standing } from './campaign.js';
import { planted, PLANTED, type Planted } from './planted.js';
import { isClean } from './judge.js';

function count(text: string): number {
  const number = Number(text);
  if (!Number.isSafeInteger(number) || number < 1) throw new InvalidArgumentError('It is a whole number from 1.');
  return number;
}

interface Options {
  readonly kills: number;
  readonly seed: number;
  readonly plant?: Planted;
  readonly json: boolean;
}

const options = new Command('crash')
  .description('Kills the built server under mixed load, again and again, and checks what it had acknowledged.')
  .option('--kills <n>', 'how often', count, 20)
  .option('--seed <n>', 'repeats the choices of an earlier run; the moments of a machine do not repeat', count, Date.now() % 1e9)
  .addOption(new Option('--plant <fault>', 'gives the server a fault that must be found').choices(PLANTED))
  .option('--json', 'one JSON object as the last line', false)
  .parse()
  .opts<Options>();

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

const folder = temporaryFolder();
say(`seed ${options.seed}, folder ${folder}`);
const start = performance.now();
const end = await new Campaign({
  ...options,
  folder,
  rebuildEvery: 100,
  server: planted(options.plant),
  onKill: sayProgress(),
}).run();
const seconds = (performance.now() - start) / 1000;
const clean = isClean(end.findings);
sayFindings(end);
const { work, start: starting, rebuild } = end.moments;
say(`killed at work ${work} times, on its way up ${starting}, during a rebuild of a view ${rebuild}; ${seconds.toFixed(0)} s`);
if (clean) rmSync(folder, { recursive: true, force: true });
else say(`The folder is left for a look: ${folder}`);
say(totals(end));
if (options.json) {
  const { kills, acknowledged, cut, moments, findings } = end;
  const found = { lost: findings.lost.length, twice: findings.twice.length, wrong: findings.wrong.length };
  say(JSON.stringify({ kills, acknowledged, ...found, cut, moments, seconds: Number(seconds.toFixed(1)), seed: options.seed }));
}
process.exit(clean ? 0 : 1);
