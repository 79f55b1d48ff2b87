// `npm run check`: every rule of the house that a program can keep. `npm run check -- lint walls` runs some of them.
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import semver from 'semver';
import { build } from './build.mjs';
import { FOREIGN_DRIVER } from './install.mjs';
import { node, Refusal, ROOT } from './processes.mjs';

const bin = (path, ...args) => node([`node_modules/${path}`, ...args]) === 0;

const STEPS = {
  engines: () => enginesAccept(process.version),
  format: () => bin('prettier/bin/prettier.cjs', '--check', '--log-level=warn', '.'),
  types: () => bin('typescript/bin/tsc', '-p', 'tsconfig.json'),
  lint: () => bin('eslint/bin/eslint.js', '.', '--max-warnings=0'),
  walls: () => bin('dependency-cruiser/bin/dependency-cruise.mjs', 'apps', 'libs', 'test', 'tools'),
  unused: () => bin('knip/bin/knip.js'),
  docs: () => docsCurrent(),
};

/** Runs all steps, or the named ones, and tells at the end which failed. */
export function check(names) {
  const unknown = names.filter((name) => !(name in STEPS));
  if (unknown.length > 0) throw new Refusal(`There is no check ${unknown[0]}; there are ${Object.keys(STEPS).join(', ')}.`);
  const failed = (names.length > 0 ? names : Object.keys(STEPS)).filter((name) => {
    const started = process.hrtime.bigint();
    const ok = STEPS[name]();
    const seconds = Number((process.hrtime.bigint() - started) / 100_000_000n) / 10;
    console.log(`${ok ? 'ok    ' : 'FAILED'} ${name} (${seconds} s)`);
    return !ok;
  });
  if (failed.length > 0) console.log(`These checks failed: ${failed.join(', ')}.`);
  return failed.length === 0 ? 0 : 1;
}

/** Newest majors of some packages refuse or crash on the oldest Node that we promise, and npm only warns. */
function enginesAccept(version) {
  const { dependencies, devDependencies } = JSON.parse(readFileSync(join(ROOT, 'package.json'), 'utf8'));
  const names = Object.keys({ ...dependencies, ...devDependencies }).filter((name) => name !== FOREIGN_DRIVER);
  const refusing = names.filter((name) => {
    const { engines } = JSON.parse(readFileSync(join(ROOT, 'node_modules', name, 'package.json'), 'utf8'));
    return engines?.node !== undefined && !semver.satisfies(version, engines.node);
  });
  for (const name of refusing) console.log(`${name} does not accept Node ${version}.`);
  return refusing.length === 0;
}

function docsCurrent() {
  build();
  return node(['dist/tools/generate-reference.js', '--check']) === 0;
}
