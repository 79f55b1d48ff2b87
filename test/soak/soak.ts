// `npm run soak`: mixed load at a fixed rate for as long as one likes. Memory must stay flat, nothing may fall behind
// more and more, and no answer may be other than the documents say. The exit code is 1 where one of that is not so.
import { readFileSync, rmSync } from 'node:fs';
import { performance } from 'node:perf_hooks';
import { setTimeout as pause } from 'node:timers/promises';
import { fileURLToPath } from 'node:url';
import { Command, InvalidArgumentError } from 'commander';
import { residentMiB } from '../bench/servers.js';
import { QUIET } from '../crash/scene.js';
import { Shift } from '../crash/shift.js';
import { lagOf } from '../support/lag.js';
import { startServer, temporaryFolder, type RunningServer } from '../support/server.js';
import { Pacer } from './pacer.js';
import { verdictOf, type Sample, type Verdict } from './verdict.js';

const MIB = 2 ** 20;
const CALLERS = 16;
const SAY_EVERY = 10;
const SHOWN = 10;
const HEAP_REPORTER = fileURLToPath(new URL('./heap-reporter.js', import.meta.url));

function positive(text: string): number {
  const number = Number(text);
  if (!(number > 0)) throw new InvalidArgumentError('It is a number above 0.');
  return number;
}

const { minutes, warmUp, rate, json } = new Command('soak')
  .description('Puts mixed load on the built server at a fixed rate, and watches its memory and its lag.')
  .option('--minutes <n>', 'how long', positive, 10)
  .option('--warm-up <minutes>', 'how long before that, as fast as it goes: caches fill that a busy server has full', positive, 2)
  .option('--rate <n>', 'commands and questions per second', positive, 100)
  .option('--json', 'one JSON object as the last line', false)
  .addHelpText(
    'after',
    `
Exit codes: 0 memory is flat, nothing falls behind and every answer is documented; 1 otherwise.

Examples:
  $ npm run soak -- --minutes 10
  $ npm run soak -- --minutes 2 --rate 200 --json`,
  )
  .parse()
  .opts<{ minutes: number; warmUp: number; rate: number; json: boolean }>();

function say(line: string): void {
  process.stdout.write(`${line}\n`);
}

function heapIn(file: string): number {
  try {
    return Number(readFileSync(file, 'utf8')) / MIB;
  } catch {
    return 0; // not a second old
  }
}

/** A sample per second for so many minutes, told every ten seconds. */
async function watch(minutes: number, server: RunningServer, shift: Shift, pacer: Pacer, heapFile: string): Promise<Sample[]> {
  const samples: Sample[] = [];
  const start = performance.now();
  let before = shift.ledger.steps;
  for (let second = 1; second <= minutes * 60; second++) {
    await pause(Math.max(0, start + second * 1000 - performance.now()));
    const { steps } = shift.ledger;
    const sample: Sample = {
      rssMiB: residentMiB(server.pid) ?? Number.NaN,
      heapMiB: heapIn(heapFile),
      lagSeconds: await lagOf(server.url),
      behindMs: pacer.behindMs,
      steps: steps - before,
    };
    before = steps;
    samples.push(sample);
    if (second % SAY_EVERY === 0) say(`${rowOf(`${second} s`, sample)}   ${Math.ceil(minutes * 60 - second)} s left`);
  }
  return samples;
}

const HEAD = ['', 'rss MiB', 'heap MiB', 'lag s', 'late ms', 'steps/s'].map((cell) => cell.padStart(12)).join('');

function rowOf(name: string, { rssMiB, heapMiB, lagSeconds, behindMs, steps }: Sample): string {
  const cells = [name, rssMiB.toFixed(1), heapMiB.toFixed(1), lagSeconds.toFixed(2), behindMs.toFixed(0), String(steps)];
  return cells.map((cell) => cell.padStart(12)).join('');
}

function sayVerdict({ first, last, memoryGrowth }: Verdict, { ledger }: Shift): void {
  say(`\nmedians\n${HEAD}\n${rowOf('first third', first)}\n${rowOf('last third', last)}`);
  say(`memory: ${(memoryGrowth * 100).toFixed(1)} % (at most 5.0 %)`);
  const refused = [...ledger.refusals].map(([code, times]) => `${code} ${times}`);
  const postponed = [...ledger.postponed.keys()].map((code) => `${code} (repeated)`);
  say(
    `acknowledged: ${ledger.acknowledged.length} commands; refused as documented: ${[...refused, ...postponed].join(', ') || 'none'}`,
  );
}

const folder = temporaryFolder();
const heapFile = `${folder}.heap`;
const pacer = new Pacer(rate);
const shift = await Shift.on(folder, { callers: CALLERS, turn: () => pacer.turn() });
const env = { ...QUIET, SOAK_HEAP_FILE: heapFile };
const server = await startServer({ folder, env, nodeArguments: ['--import', HEAP_REPORTER] });
shift.servers.put(server);
say(
  `${rate} commands and questions per second for ${minutes} min, by ${CALLERS} callers; before that ${warmUp} min to warm up\n${HEAD}`,
);
try {
  shift.begin();
  await watch(warmUp, server, shift, pacer, heapFile);
  pacer.begin();
  const samples = await watch(minutes, server, shift, pacer, heapFile);
  await shift.end();
  const verdict = verdictOf(samples);
  sayVerdict(verdict, shift);
  const { lost, twice, wrong } = await shift.wrong();
  const cut = shift.ledger.cut > 0 ? [`${shift.ledger.cut} connections were cut`] : [];
  const found = [...verdict.wrong, ...cut, ...lost, ...twice, ...wrong];
  for (const each of found.slice(0, SHOWN)) say(`wrong: ${each}`);
  if (found.length > SHOWN) say(`wrong: … and ${found.length - SHOWN} more`);
  const ended = await server.end();
  if (ended !== 0) found.push(`the server ended with ${ended}`);
  say(
    found.length === 0
      ? 'ok: memory is flat, nothing falls behind, every answer is documented'
      : `NOT ok: ${found.length} findings`,
  );
  if (json) {
    const { first, last, memoryGrowth } = verdict;
    const { length: acknowledged } = shift.ledger.acknowledged;
    const refusals = Object.fromEntries(shift.ledger.refusals);
    say(
      JSON.stringify({
        ok: found.length === 0,
        minutes,
        warmUp,
        rate,
        acknowledged,
        memoryGrowth,
        first,
        last,
        refusals,
        wrong: found.length,
      }),
    );
  }
  process.exitCode = found.length === 0 ? 0 : 1;
} finally {
  shift.servers.gone();
  await server.end('SIGKILL');
  for (const path of [folder, heapFile]) rmSync(path, { recursive: true, force: true });
}
process.exit();
