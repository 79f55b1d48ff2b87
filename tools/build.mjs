// Builds everything into dist, as nest-cli.json and tsconfig.json say.
import { existsSync, readdirSync, readFileSync, rmSync } from 'node:fs';
import { join, relative } from 'node:path';
import { node, Refusal, ROOT } from './processes.mjs';

const DIST = join(ROOT, 'dist');

/** Compiles what changed. */
export function build() {
  compile();
  if (!prune()) return;
  // Somebody removed output by hand: the compiler's memory of what it wrote is wrong.
  rmSync(join(DIST, '.tsbuildinfo'), { force: true });
  compile();
}

function compile() {
  if (node(['node_modules/typescript/bin/tsc', '-p', 'tsconfig.json']) !== 0) {
    throw new Refusal('The code does not compile; see above.');
  }
}

/** The whole build by the Nest command line. */
export function nestBuild() {
  if (node(['node_modules/@nestjs/cli/bin/nest.js', 'build', 'api']) !== 0) throw new Refusal('The build failed; see above.');
  prune();
}

/** The built entry file of an app, as nest-cli.json names it. */
export function entryOf(app) {
  const { projects } = JSON.parse(readFileSync(join(ROOT, 'nest-cli.json'), 'utf8'));
  const { sourceRoot, entryFile } = projects[app];
  return join(DIST, sourceRoot, `${entryFile}.js`);
}

/**
 * Removes output whose source is gone: a deleted test must not go on running.
 * Answers whether output of a source is missing.
 */
function prune() {
  const sources = new Set(sourceFolders(ROOT).flatMap((folder) => filesIn(ROOT, folder, /(?<!\.d)\.ts$/)));
  const missing = new Set([...sources].map((file) => file.replace(/\.ts$/, '.js')));
  for (const file of sourceFolders(DIST).flatMap((folder) => filesIn(DIST, folder, /\.js(?:\.map)?$/))) {
    missing.delete(file);
    if (!sources.has(file.replace(/\.js(?:\.map)?$/, '.ts'))) rmSync(join(DIST, file));
  }
  return missing.size > 0;
}

/** The folders that tsconfig.json includes. */
function sourceFolders(top) {
  const rooms = ['apps', 'libs'].flatMap((kind) =>
    existsSync(join(top, kind)) ? readdirSync(join(top, kind)).map((room) => `${kind}/${room}/src`) : [],
  );
  return [...rooms, 'test', 'tools'];
}

/** The files below a folder whose names match, as paths from `top`. */
function filesIn(top, folder, pattern) {
  if (!existsSync(join(top, folder))) return [];
  return readdirSync(join(top, folder), { withFileTypes: true, recursive: true })
    .filter((entry) => entry.isFile() && pattern.test(entry.name))
    .map((entry) => relative(top, join(entry.parentPath ?? entry.path, entry.name)).replaceAll('\\', '/'));
}
