// What a person meets before anything is installed: sentences, not stack traces; and builds that forget what was deleted.
import { spawnSync } from 'node:child_process';
import { cpSync, existsSync, mkdirSync, mkdtempSync, rmSync, symlinkSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join, resolve } from 'node:path';
import { afterEach, beforeEach, describe, expect, it, jest } from '@jest/globals';

const root = resolve('.');

// Some cases compile; that takes its time on a busy machine.
jest.setTimeout(120_000);

describe('the tools', () => {
  let folder: string;
  beforeEach(() => {
    folder = mkdtempSync(join(tmpdir(), 'keyledger-tools-'));
    cpSync(join(root, 'tools'), join(folder, 'tools'), { recursive: true, filter: (path) => !path.endsWith('.ts') });
    for (const file of ['package.json', 'tsconfig.json', 'nest-cli.json']) cpSync(join(root, file), join(folder, file));
  });
  afterEach(() => rmSync(folder, { recursive: true }));

  const write = (file: string, text: string) => {
    mkdirSync(dirname(join(folder, file)), { recursive: true });
    writeFileSync(join(folder, file), text);
  };
  const run = (args: readonly string[], env: NodeJS.ProcessEnv = {}) => {
    const { status, stdout, stderr } = spawnSync(process.execPath, args, {
      cwd: folder,
      env: { ...process.env, ...env },
      encoding: 'utf8',
    });
    return { status, output: stdout + stderr };
  };

  it.each(['v18.20.8', 'v20.18.3', 'v21.7.3', 'v22.11.0', 'v23.9.0'])('refuse Node %s with a sentence', (version) => {
    write('fake.cjs', `Object.defineProperty(process, 'version', { value: '${version}' });`);
    const { status, output } = run(['--require', './fake.cjs', 'tools/run.mjs', 'test']);
    expect(status).toBe(1);
    expect(output.trim()).toMatch(
      new RegExp(`^Keyledger needs Node .+; this is Node ${version.slice(1)}\\. Install Node 24 and run it again\\.$`),
    );
  });

  it.each(['v20.19.0', 'v20.20.2', 'v22.12.0', 'v22.23.3', 'v24.0.0', 'v25.1.0'])('accept Node %s', (version) => {
    write('fake.cjs', `Object.defineProperty(process, 'version', { value: '${version}' });`);
    expect(run(['--require', './fake.cjs', 'tools/run.mjs', 'no-such-task']).output).toMatch(
      /^There is no task no-such-task; there are bench, build, /,
    );
  });

  it('say what to install where the addon has to be compiled and cannot be', () => {
    const lock = JSON.stringify({ packages: {} });
    write('package-lock.json', lock);
    write('node_modules/.package-lock.json', lock);
    const { status, output } = run(['tools/run.mjs', 'test'], { PATH: folder });
    expect(status).toBe(1);
    expect(output).toMatch(/this is missing: Python 3, make, a C\+\+ compiler\. Install .+ and run it again\.\n$/);
    expect(output).not.toMatch(/^\s+at /m);
  });

  it('build what there is, forget what was deleted, and restore what was lost', () => {
    symlinkSync(join(root, 'node_modules'), join(folder, 'node_modules'));
    write('libs/kernel/src/kept.ts', 'export const kept = 1;\n');
    write('libs/kernel/src/deleted.spec.ts', 'export const deleted = 1;\n');
    const build = ['--input-type=module', '--eval', "import { build } from './tools/build.mjs'; build();"];
    const built = (file: string) => existsSync(join(folder, 'dist/libs/kernel/src', file));
    expect(run(build)).toEqual({ status: 0, output: '' });
    expect([built('kept.js'), built('deleted.spec.js')]).toEqual([true, true]);
    rmSync(join(folder, 'libs/kernel/src/deleted.spec.ts'));
    rmSync(join(folder, 'dist/libs/kernel/src/kept.js'));
    expect(run(build)).toEqual({ status: 0, output: '' });
    expect([built('kept.js'), built('deleted.spec.js')]).toEqual([true, false]);
  });

  it('refuse with the compiler’s words what does not compile', () => {
    symlinkSync(join(root, 'node_modules'), join(folder, 'node_modules'));
    write('libs/kernel/src/wrong.ts', "export const wrong: number = 'text';\n");
    const { status, output } = run(['tools/run.mjs', 'test']);
    expect(status).toBe(1);
    expect(output).toContain('libs/kernel/src/wrong.ts(1,14): error TS2322');
    expect(output.trim()).toMatch(/The code does not compile; see above\.$/);
  });
});
