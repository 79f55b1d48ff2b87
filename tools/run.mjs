// The entry of `npm test`, `npm run demo` and the like. It runs before anything is installed, and in syntax
// that an old Node can read, so that even that one answers with a sentence.
import { readFileSync } from 'fs';

const { engines } = JSON.parse(readFileSync(new URL('../package.json', import.meta.url), 'utf8'));

/** Whether a version satisfies a range made of `^a.b.c` and `>=a.b.c`, joined by `||`. */
export function satisfies(version, range) {
  const [major, minor, patch] = version.replace(/^v/, '').split('.').map(Number);
  return range.split('||').some((part) => {
    const [, operator, ...wanted] = /^\s*(\^|>=)(\d+)\.(\d+)\.(\d+)\s*$/.exec(part);
    const [toMajor, toMinor, toPatch] = wanted.map(Number);
    if (major !== toMajor) return operator === '>=' && major > toMajor;
    return minor > toMinor || (minor === toMinor && patch >= toPatch);
  });
}

if (!satisfies(process.version, engines.node)) {
  const wanted = engines.node.replace(/\s*\|\|\s*/g, ' or ');
  console.error(`Keyledger needs Node ${wanted}; this is Node ${process.version.slice(1)}. Install Node 24 and run it again.`);
  process.exit(1);
}

import('./tasks.mjs')
  .then((tasks) => tasks.main(process.argv[2], process.argv.slice(3)))
  .catch((error) => {
    // A refusal is a sentence for the person at the keyboard; anything else is a mistake of these tools.
    console.error(error.name === 'Refusal' ? error.message : error);
    process.exitCode = 1;
  });
