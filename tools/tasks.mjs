// What each `npm run …` does. Everything installs and builds first, so that a fresh clone needs no step by hand.
import { existsSync, mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { pathToFileURL } from 'node:url';
import { build, entryOf, nestBuild } from './build.mjs';
import { install } from './install.mjs';
import { node, Refusal, ROOT } from './processes.mjs';
import { mongoServer } from './test-servers.mjs';

const TASKS = {
  bench: (args) => runBuilt('dist/test/bench/bench.js', args),
  build: () => nestBuild(),
  // Imports packages, which are there only by then.
  check: async (steps) => (await import('./check.mjs')).check(steps),
  crash: (args) => runBuilt('dist/test/crash/crash.js', args),
  demo: (args) => runBuilt('dist/test/demo/demo.js', args),
  docs: (args) => runBuilt('dist/tools/generate-reference.js', args),
  flips: (args) => runBuilt('dist/test/visibility/flips.js', args),
  soak: (args) => runBuilt('dist/test/soak/soak.js', args),
  start: (args) => start(args),
  test: (args) => test(args),
  'test:cluster': (args) => testCluster(args),
};

/** Runs a task; the exit code is its own. */
export async function main(name, args) {
  const task = TASKS[name];
  if (task === undefined) throw new Refusal(`There is no task ${name}; there are ${Object.keys(TASKS).join(', ')}.`);
  await install();
  const exitCode = await task(args);
  if (exitCode !== undefined) process.exitCode = exitCode;
}

/** In this very process, so that signals reach the server and its exit code is ours. */
async function start(args) {
  build();
  await inThisProcess(entryOf('api'), args);
}

async function runBuilt(file, args) {
  build();
  if (!existsSync(join(ROOT, file))) throw new Refusal(`${file} does not exist: its source is missing.`);
  await inThisProcess(join(ROOT, file), args);
}

async function inThisProcess(file, args) {
  process.argv = [process.argv[0], file, ...args];
  await import(pathToFileURL(file).href);
}

/** Runs the tests, or those whose path matches an argument; the last line tells the totals. */
function test(args, env = {}) {
  build();
  const folder = mkdtempSync(join(tmpdir(), 'keyledger-test-'));
  const results = join(folder, 'results.json');
  try {
    const flags = ['--experimental-vm-modules', '--disable-warning=ExperimentalWarning'];
    const status = node([...flags, 'node_modules/jest/bin/jest.js', '--json', `--outputFile=${results}`, ...args], env);
    const { line, allPassed } = totals(existsSync(results) ? JSON.parse(readFileSync(results, 'utf8')) : undefined);
    console.log(line);
    return status === 0 && allPassed ? 0 : 1;
  } finally {
    rmSync(folder, { recursive: true });
  }
}

/** The adapters of the cluster, each against its contract; the first line tells on which server, the last one the totals. */
async function testCluster(args) {
  const mongo = await mongoServer();
  try {
    console.log(mongo.words);
    return test(['--config', 'jest.cluster.config.js', ...args], mongo.env);
  } finally {
    mongo.stop();
  }
}

/** A file that could not even run counts as one failure; a run that left no result, too. */
function totals(results) {
  if (results === undefined) return { line: '0 passed, 1 failed', allPassed: false };
  const failed = results.numFailedTests + results.numRuntimeErrorTestSuites;
  const skipped = results.numPendingTests + results.numTodoTests;
  const line = `${results.numPassedTests} passed, ${failed} failed${skipped > 0 ? `, ${skipped} skipped` : ''}`;
  return { line, allPassed: failed === 0 && results.numPassedTests > 0 };
}
