// Compiles the preloaded library that plays a disk, with the compiler that the SQLite addon wants as well.
import { spawnSync } from 'node:child_process';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { DIST } from '../support/server.js';

const SOURCE = join(DIST, '../test/disk/disk-shim.c');
const COMPILERS = ['c++', 'g++', 'clang++'];

export interface Shim {
  readonly path: string;
  remove(): void;
}

/** @throws Error that says what to install, where there is no compiler or the system is not Linux. */
export function buildShim(): Shim {
  if (process.platform !== 'linux') throw new Error('Losing power is played by a preloaded library, on Linux only.');
  const folder = mkdtempSync(join(tmpdir(), 'kl-shim-'));
  const path = join(folder, 'disk-shim.so');
  const options = ['-x', 'c', '-shared', '-fPIC', '-O2', '-o', path, SOURCE, '-ldl', '-lpthread'];
  for (const compiler of COMPILERS) {
    const { status, error, stderr } = spawnSync(compiler, options, { encoding: 'utf8' });
    if (error) continue;
    if (status !== 0) throw new Error(`${compiler} could not compile ${SOURCE}:\n${stderr}`);
    return { path, remove: () => rmSync(folder, { recursive: true, force: true }) };
  }
  rmSync(folder, { recursive: true });
  throw new Error('There is no C++ compiler; install g++ (on Debian and Ubuntu: apt-get install g++).');
}
