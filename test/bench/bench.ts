// `npm run bench`: how fast the built product is, each figure beside its ceiling measured in the same run.
// It judges nobody: a missed target is printed as missed, and the exit code is 0.
import { rmSync } from 'node:fs';
import { cpus } from 'node:os';
import { performance } from 'node:perf_hooks';
import { Command, InvalidArgumentError } from 'commander';
import { measureAppends, pragmasOf } from './appends.js';
import { Calls, emptyGet, emptyPost } from './calls.js';
import { median } from './histogram.js';
import { Connections } from './load.js';
import { inPairs, type PairOptions, type Pairs } from './pairs.js';
import { loginsOf } from './people.js';
import { measurePermissionChecks } from './permission-check.js';
import { rebuildViews } from './rebuild.js';
import { jsonOf, tableOf, type Figures } from './report.js';
import { seedFirstVendor, seedOrganization, seedOthers, type Seeded } from './seed.js';
import { residentMiB, startEmpty, startProduct, type EmptyServer } from './servers.js';
import { measureVisible } from './visible.js';

const CONNECTIONS = 64;
const LIST_CONNECTIONS = 16;
const LOGIN_CONNECTIONS = 8;
const MOST_OF_ONE_ORGANIZATION = 10_000;

function wholeNumber(text: string): number {
  const number = Number(text);
  if (!Number.isSafeInteger(number) || number < 1_000) throw new InvalidArgumentError('It is a whole number from 1000.');
  return number;
}

const { scale, json } = new Command('bench')
  .description('Measures the built product; each figure stands beside its ceiling, measured in the same run.')
  .option('--scale <licenses>', 'how many licenses the installation holds', wholeNumber, 30_000)
  .option('--json', 'one JSON object as the last line', false)
  .parse()
  .opts<{ scale: number; json: boolean }>();

const PAIRS: PairOptions = { pairs: 3, seconds: 2, connections: CONNECTIONS };
const LIST_PAIRS: PairOptions = { ...PAIRS, connections: LIST_CONNECTIONS };

function say(line: string): void {
  process.stdout.write(`${line}\n`);
}

function sayPairs(what: string, connections: number, { ratio, product, ceiling, bytes }: Pairs): void {
  say(`${what}: ${Math.round(product.perSecond)}/s of ${Math.round(ceiling.perSecond)}/s, ratio ${ratio.toFixed(3)}`);
  say(
    `  p50 ${product.p50Ms.toFixed(1)} ms, p99 ${product.p99Ms.toFixed(1)} ms (ceiling p99 ${ceiling.p99Ms.toFixed(1)} ms); ` +
      `${connections} connections each; bytes ${bytes.product}, ceiling ${bytes.ceiling}`,
  );
}

function progressOf(what: string, all: number): (done: number) => void {
  const start = performance.now();
  return (done) => {
    const rate = done / ((performance.now() - start) / 1000);
    say(`  ${what}: ${done} of ${all}, ${Math.round(rate)}/s, ${Math.ceil((all - done) / rate)} s left`);
  };
}

function sayIfLong(view: string, ms: number): void {
  if (ms > 5_000) say(`  view ${view} built in ${Math.round(ms / 1000)} s`);
}

/** Bytes of an answer of the product, for a ceiling that answers as many. */
async function sizeOf(url: string, next: Calls['list']): Promise<number> {
  const to = new Connections(url, 1);
  const { bytesReceived } = await to.run(0.5, next);
  await to.close();
  return Math.round(bytesReceived);
}

async function appends(folder: string): Promise<Pick<Figures, 'appendRatio' | 'appendsPerSecond' | 'appendP99Ms'>> {
  const runs = [];
  for (let n = 0; n < PAIRS.pairs; n++) runs.push(await measureAppends(folder, PAIRS.seconds));
  const figures = {
    appendRatio: median(runs.map(({ perSecond, ceilingPerSecond }) => perSecond / ceilingPerSecond)),
    appendsPerSecond: median(runs.map(({ perSecond }) => perSecond)),
    appendP99Ms: median(runs.map(({ p99Ms }) => p99Ms)),
  };
  const ceiling = Math.round(median(runs.map(({ ceilingPerSecond }) => ceilingPerSecond)));
  say(`durable appends: ${Math.round(figures.appendsPerSecond)}/s of ${ceiling}/s bare`);
  say(`  64 callers; both with ${pragmasOf(folder)}`);
  return figures;
}

/** With no other licenses in the installation than the organization's. */
async function listAlone(seeded: Seeded, calls: Calls): Promise<number> {
  const { server } = await startProduct(seeded.folder);
  const empty = await startEmpty({ post: 0, get: await sizeOf(server.url, calls.list) });
  const list = await inPairs({ url: server.url, next: calls.list }, { url: empty.url, next: emptyGet }, LIST_PAIRS);
  sayPairs("page of 25, the organization's licenses alone", LIST_CONNECTIONS, list);
  empty.end();
  await server.end();
  return list.product.p99Ms;
}

async function overHttp(
  seeded: Seeded,
  calls: Calls,
  alone: number,
): Promise<Omit<Figures, `append${string}` | 'rebuildEventsPerSecond' | 'permissionCheckUs'>> {
  const { server, startMs } = await startProduct(seeded.folder);
  const { url } = server;
  const sizes = { get: await sizeOf(url, calls.list), post: await sizeOf(url, calls.activation) };
  const listSide = await startEmpty(sizes);
  const ceiling = (empty: EmptyServer, next: typeof emptyPost) => ({ url: empty.url, next });
  const list = await inPairs({ url, next: calls.list }, ceiling(listSide, emptyGet), LIST_PAIRS);
  sayPairs(`page of 25, among ${scale} licenses`, LIST_CONNECTIONS, list);
  const inSession = await inPairs({ url, next: calls.listInSession }, { url, next: calls.listByToken }, LIST_PAIRS);
  sayPairs('the same page, session against token', LIST_CONNECTIONS, inSession);
  const before = residentMiB(server.pid);
  const activation = await inPairs({ url, next: calls.activation }, ceiling(listSide, emptyPost), PAIRS);
  sayPairs('activations', CONNECTIONS, activation);
  listSide.end();
  const verdicts = await startEmpty({ ...sizes, post: await sizeOf(url, calls.validation) });
  const validation = await inPairs({ url, next: calls.validation }, ceiling(verdicts, emptyPost), PAIRS);
  sayPairs('validations', CONNECTIONS, validation);
  verdicts.end();
  const visible = await measureVisible(url, calls, 1_000, 5);
  say(`write to visible: p50 ${visible.p50Ms.toFixed(1)} ms under ${Math.round(visible.writesPerSecond)} writes/s`);
  const login = await logins(url, seeded);
  const rssMiB = residentMiB(server.pid) ?? Number.NaN;
  say(`memory: ${before?.toFixed(0)} MiB before the writes, ${rssMiB.toFixed(0)} MiB after`);
  await server.end();
  return {
    ...{ activationRatio: activation.ratio, activationP99Ms: activation.product.p99Ms, validationRatio: validation.ratio },
    ...{ sessionQueryRatio: inSession.ratio, ...login },
    ...{ listRatio: list.ratio, listP99Growth: list.product.p99Ms / alone },
    ...{ visibleP99Ms: visible.p99Ms, rssMiB, startMs },
  };
}

/** By the configured cost of a password: how long one takes, and how many go through. */
async function logins(url: string, seeded: Seeded): Promise<Pick<Figures, 'loginMs' | 'loginsPerSecond'>> {
  const next = loginsOf(seeded.tenant, seeded.people);
  const run = async (connections: number) => {
    const to = new Connections(url, connections);
    await to.run(1, next);
    const load = await to.run(5, next);
    await to.close();
    return load;
  };
  const [alone, together] = [await run(1), await run(LOGIN_CONNECTIONS)];
  const [loginMs, p99Ms] = [alone.times.quantile(0.5), alone.times.quantile(0.99)];
  say(`logins by password: p50 ${loginMs.toFixed(1)} ms, p99 ${p99Ms.toFixed(1)} ms, one after the other;`);
  say(`  ${together.perSecond.toFixed(1)}/s over ${LOGIN_CONNECTIONS} connections`);
  return { loginMs, loginsPerSecond: together.perSecond };
}

async function permissionChecks(seeded: Seeded): Promise<Pick<Figures, 'permissionCheckUs'>> {
  const costs = await measurePermissionChecks(seeded);
  const [member, contact, many] = costs.map((us) => us.toFixed(1));
  say(`permissions: ${member} µs of an organization administrator, ${contact} µs of a contact, ${many} µs of`);
  say('  somebody with two roles in each of ten organizations');
  return { permissionCheckUs: Math.max(...costs) };
}

async function measure(seeded: Seeded): Promise<Figures> {
  const calls = new Calls(seeded);
  const appended = await appends(seeded.folder);
  const own = Math.min(MOST_OF_ONE_ORGANIZATION, Math.floor(scale / 10));
  await seedOrganization(seeded, own, progressOf('licenses of one organization', own));
  await rebuildViews(seeded.folder, sayIfLong);
  const alone = await listAlone(seeded, calls);
  await seedOthers(seeded, scale - own, progressOf('licenses of others', scale - own));
  const rebuilt = await rebuildViews(seeded.folder, sayIfLong);
  const rebuildEventsPerSecond = (rebuilt.events / rebuilt.ms) * 1000;
  say(`rebuild: ${Math.round(rebuildEventsPerSecond)} events/s over ${rebuilt.events} events`);
  const served = await overHttp(seeded, calls, alone);
  return { ...appended, ...served, ...(await permissionChecks(seeded)), rebuildEventsPerSecond };
}

say(`${cpus().length} × ${cpus()[0]?.model ?? 'unknown processor'}, Node ${process.version}, ${scale} licenses`);
const seeded = await seedFirstVendor();
try {
  const figures = await measure(seeded);
  say(`\n${tableOf(figures)}`);
  if (json) say(jsonOf(figures));
} finally {
  rmSync(seeded.folder, { recursive: true, force: true });
}
