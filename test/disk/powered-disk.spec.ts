// The played disk does what real ones do: what was synced is there after the power went, and nothing else for sure.
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it } from '@jest/globals';
import { spawnSync } from 'node:child_process';
import { readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { temporaryFolder } from '../support/server.js';
import { PoweredDisk } from './powered-disk.js';
import { buildShim, type Shim } from './shim.js';

let shim: Shim;
let folder: string;
let disk: PoweredDisk;
beforeAll(() => {
  shim = buildShim();
});
afterAll(() => shim.remove());
beforeEach(() => {
  folder = temporaryFolder();
  disk = new PoweredDisk(folder, shim.path);
});
afterEach(() => {
  disk.end();
  rmSync(folder, { recursive: true });
});

/** Runs a program on the folder until it is killed; `fs`, `open`, `folder` and `sync(path)` are there for it. */
function killed(program: string, on: PoweredDisk = disk): void {
  const script = `
    const fs = require('node:fs');
    const folder = ${JSON.stringify(folder)};
    const open = (name, flags) => fs.openSync(folder + '/' + name, flags);
    const sync = (path) => { const fd = fs.openSync(path, 'r'); fs.fsyncSync(fd); fs.closeSync(fd); };
    ${program};
    process.kill(process.pid, 'SIGKILL');`;
  const { signal, stderr } = spawnSync(process.execPath, ['-e', script], {
    env: { PATH: process.env['PATH'], ...on.env },
    encoding: 'utf8',
  });
  expect([signal, stderr]).toEqual(['SIGKILL', '']);
}

function contents(): Record<string, string> {
  return Object.fromEntries(
    readdirSync(folder)
      .sort()
      .map((name) => [name, readFileSync(join(folder, name), 'latin1')]),
  );
}

const nothing = () => 0;
/** Everything has reached the disk. */
function everything(): () => number {
  const first = [0.9, 0.9];
  return () => first.shift() ?? 0;
}

describe('a disk that loses its power', () => {
  it('keeps what was synced, and throws away what was not', () => {
    writeFileSync(join(folder, 'old'), 'as it was');
    disk.begin();
    const program = `
      const old = open('old', 'r+'); fs.writeSync(old, 'AS', 0); fs.fsyncSync(old); fs.writeSync(old, 'now', 3);
      const fresh = open('fresh', 'w'); fs.writeSync(fresh, 'kept'); fs.fdatasyncSync(fresh); sync(folder); fs.writeSync(fresh, ' lost')`;
    killed(program);
    disk.cut(nothing);
    expect(contents()).toEqual({ old: 'AS it was', fresh: 'kept' });
  });

  it('forgets files whose folder was not synced, and brings back what was removed or renamed since', () => {
    for (const name of ['removed', 'renamed']) writeFileSync(join(folder, name), name);
    disk.begin();
    killed(`const made = open('made', 'w'); fs.writeSync(made, 'x'); fs.fsyncSync(made);
      fs.unlinkSync(folder + '/removed'); fs.renameSync(folder + '/renamed', folder + '/other')`);
    disk.cut(nothing);
    expect(contents()).toEqual({ removed: 'removed', renamed: 'renamed' });
    killed(`fs.unlinkSync(folder + '/removed'); fs.renameSync(folder + '/renamed', folder + '/other'); sync(folder);
      const again = open('removed', 'w'); fs.writeSync(again, 'never synced'); sync(folder)`);
    disk.cut(nothing);
    expect(contents()).toEqual({ removed: '', other: 'renamed' });
  });

  it('keeps the length of a file as of its last sync', () => {
    writeFileSync(join(folder, 'long'), 'x'.repeat(10_000));
    disk.begin();
    killed(`const long = open('long', 'r+'); fs.ftruncateSync(long, 10); fs.fsyncSync(long); fs.ftruncateSync(long, 5)`);
    disk.cut(nothing);
    expect(contents()).toEqual({ long: 'x'.repeat(10) });
    killed(`const long = open('long', 'r+'); fs.ftruncateSync(long, 0); fs.ftruncateSync(long, 3); fs.fsyncSync(long)`);
    disk.cut(nothing);
    expect(contents()).toEqual({ long: '\0\0\0' });
  });

  it('may have written back some of what was not synced, block by block', () => {
    writeFileSync(join(folder, 'file'), 'x'.repeat(8_192));
    disk.begin();
    killed(`const file = open('file', 'r+'); fs.writeSync(file, 'y'.repeat(12288), 0)`);
    disk.cut(everything());
    expect(contents()).toEqual({ file: 'y'.repeat(12_288) });
    killed(`const file = open('file', 'r+'); fs.writeSync(file, 'z'.repeat(8192), 0)`);
    const second = [0.9, 0.5, 0.7, 0.3, 0.7];
    disk.cut(() => second.shift()!);
    expect(contents()).toEqual({ file: 'y'.repeat(4_096) + 'z'.repeat(4_096) + 'y'.repeat(4_096) });
  });

  it('that lies about some files keeps nothing of them', () => {
    for (const name of ['events.db', 'other.db']) writeFileSync(join(folder, name), 'before');
    const deaf = new PoweredDisk(folder, shim.path, 'events.db');
    deaf.begin();
    killed(
      `for (const name of ['events.db', 'other.db']) { const fd = open(name, 'r+'); fs.writeSync(fd, 'AFTER.'); fs.fsyncSync(fd) }`,
      deaf,
    );
    deaf.cut(nothing);
    expect(contents()).toEqual({ 'events.db': 'before', 'other.db': 'AFTER.' });
  });
});
