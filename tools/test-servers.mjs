// The servers that the adapters of the cluster are tested on: those that the environment names, or what can be started here.
import { spawn, spawnSync } from 'node:child_process';
import { existsSync, mkdirSync, renameSync } from 'node:fs';
import { join } from 'node:path';
import { createInterface } from 'node:readline';
import { Refusal, ROOT } from './processes.mjs';

const SOURCES = join(ROOT, 'test', 'servers', 'mongo');
/** Beside the packages: like them it is fetched where it is missing. */
const JARS = join(ROOT, 'node_modules', '.cache', 'keyledger', 'mongo-java-server-1.47.0');
const NAMED = 'KEYLEDGER_TEST_MONGODB';

/**
 * The MongoDB to test on: `{ env, words, stop }`, its address as the variable that tests read.
 * @throws Refusal where none is named and none can be started
 */
export async function mongoServer() {
  if (process.env[NAMED]) return { env: {}, words: `MongoDB: the one that ${NAMED} names`, stop: () => undefined };
  for (const [program, ask, what] of [
    ['java', '-version', 'a Java 17 or newer'],
    ['mvn', '-v', 'Maven'],
  ]) {
    if (spawnSync(program, [ask]).error)
      throw new Refusal(`There is no ${program}: install ${what}, or name a MongoDB by ${NAMED}=mongodb://….`);
  }
  if (!existsSync(JARS)) fetchJars();
  const child = spawn('java', ['-cp', join(JARS, '*'), join(SOURCES, 'Starter.java')], { stdio: ['pipe', 'pipe', 'ignore'] });
  const uri = await firstLine(child);
  const words = 'MongoDB: mongo-java-server 1.47.0, in memory, which speaks the protocol of 6.0';
  return { env: { [NAMED]: uri }, words, stop: () => child.kill() };
}

function fetchJars() {
  console.log('Fetching mongo-java-server, the MongoDB that tests run on; the first time this takes some seconds.');
  const unfinished = `${JARS}.${process.pid}`;
  mkdirSync(unfinished, { recursive: true });
  const ask = ['-q', '-B', '-f', join(SOURCES, 'pom.xml'), 'dependency:copy-dependencies', `-DoutputDirectory=${unfinished}`];
  const { status, stdout } = spawnSync('mvn', ask, { encoding: 'utf8' });
  if (status !== 0) throw new Refusal(`Maven could not fetch mongo-java-server. It said:\n${stdout}`);
  if (!existsSync(JARS)) renameSync(unfinished, JARS);
}

function firstLine(child) {
  return new Promise((resolve, reject) => {
    createInterface({ input: child.stdout }).once('line', resolve);
    child.once('exit', (code) => reject(new Refusal(`mongo-java-server ended at its start with ${code}.`)));
  });
}
