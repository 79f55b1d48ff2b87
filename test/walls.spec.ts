// Every wall of .dependency-cruiser.cjs is broken once, in a tree of its own: a wall that cannot fail is none.
import { execFile } from 'node:child_process';
import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import { tmpdir } from 'node:os';
import { dirname, join, resolve } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';

/** By wall: a file and the import that breaks it. */
const BREACHES: Readonly<Record<string, readonly [file: string, imported: string]>> = {
  'kernel-knows-nobody': ['libs/kernel/src/breach.ts', 'fastify'],
  'config-knows-the-kernel-only': ['libs/config/src/breach.ts', '#records/fine.js'],
  'telemetry-knows-nobody': ['libs/telemetry/src/breach.ts', '#kernel/fine.js'],
  'telemetry-alone-knows-its-packages': ['libs/http/src/breach.other.ts', 'prom-client'],
  'stores-know-no-context': ['libs/records/src/breach.ts', '#licensing/fine.events.js'],
  'http-knows-no-context': ['libs/http/src/breach.ts', '#licensing/fine.events.js'],
  'mail-knows-no-context': ['libs/mail/src/breach.ts', '#licensing/fine.events.js'],
  'contexts-meet-through-events': ['libs/organizations/src/breach.http.ts', '#licensing/fine.js'],
  'contexts-know-no-assembly': ['libs/organizations/src/breach.module.ts', '#catalogue/fine.js'],
  'workflows-know-events-and-aggregates': ['libs/workflows/src/breach.ts', '#http/fine.js'],
  'catalogue-lists-no-doors': ['libs/catalogue/src/breach.ts', '#licensing/fine.http.js'],
  'libs-know-no-app': ['libs/installation/src/breach.ts', '#api/fine.js'],
  'apps-stay-apart': ['apps/cli/src/breach.ts', '#api/fine.js'],
  'adapters-are-chosen-by-apps': ['libs/read-models/src/breach.ts', '#records/sqlite.fine.js'],
  'sqlite-files-alone-import-their-driver': ['libs/event-store/src/breach.ts', 'better-sqlite3'],
  'mongo-files-alone-import-their-driver': ['libs/event-store/src/breach.other.ts', 'mongoose'],
  'kurrent-files-alone-import-their-driver': ['libs/event-store/src/breach.third.ts', '@kurrent/kurrentdb-client'],
  'smtp-files-alone-import-their-driver': ['libs/mail/src/breach.other.ts', 'nodemailer'],
  'pure-files-do-no-io': ['libs/licensing/src/breach.view.ts', 'node:fs'],
  'pure-files-import-few-packages': ['libs/licensing/src/breach.events.ts', 'pino'],
  'nest-stays-at-the-doors': ['libs/licensing/src/breach.helper.ts', '@nestjs/common'],
  'tests-stay-out-of-the-product': ['libs/licensing/src/breach.reactor.ts', '#kernel/testing/fine.js'],
  'the-product-ships-its-packages': ['libs/licensing/src/breach.module.ts', 'fast-check'],
  'rooms-are-entered-by-their-alias': ['libs/licensing/src/breach.other.ts', '../../kernel/src/fine.js'],
  'no-barrels': ['libs/licensing/src/breach.third.ts', './index.js'],
  'no-cycles': ['libs/licensing/src/breach.fourth.ts', './breach.fifth.js'],
  'no-orphans': ['libs/licensing/src/breach.orphan.ts', ''],
  'everything-resolves': ['libs/licensing/src/breach.sixth.ts', './missing.js'],
};

/** What is allowed, beside each breach: a wall that stopped these would stop everything. */
const FINE: Readonly<Record<string, readonly string[]>> = {
  'libs/kernel/src/fine.ts': ['zod'],
  'libs/kernel/src/testing/fine.ts': ['@jest/globals', '../fine.js'],
  'libs/kernel/src/fine.spec.ts': ['./testing/fine.js', 'fast-check', 'node:fs'],
  'libs/config/src/fine.ts': ['#kernel/fine.js', 'zod', 'node:fs'],
  'libs/telemetry/src/fine.ts': ['prom-client'],
  'libs/records/src/fine.ts': ['#kernel/fine.js', '#telemetry/fine.js'],
  'libs/records/src/sqlite.fine.ts': ['better-sqlite3', './fine.js'],
  'libs/http/src/fine.ts': ['#kernel/fine.js', '#records/fine.js', '@nestjs/common'],
  'libs/mail/src/fine.ts': ['#http/fine.js', '#records/fine.js'],
  'libs/mail/src/smtp.fine.ts': ['nodemailer'],
  'libs/licensing/src/fine.events.ts': ['#kernel/fine.js', 'zod'],
  'libs/licensing/src/fine.ts': ['./fine.events.js', '#organizations/fine.events.js'],
  'libs/licensing/src/fine.view.ts': ['./fine.events.js', '#records/fine.js'],
  'libs/licensing/src/fine.http.ts': ['./fine.js', '#http/fine.js', '@nestjs/common', 'fastify'],
  'libs/organizations/src/fine.events.ts': ['zod'],
  'libs/workflows/src/fine.ts': ['#licensing/fine.events.js', '#licensing/fine.js', '#kernel/fine.js'],
  'libs/catalogue/src/fine.ts': ['#licensing/fine.js', '#licensing/fine.view.js'],
  'libs/installation/src/fine.ts': ['#records/sqlite.fine.js'],
  'apps/api/src/fine.ts': ['#licensing/fine.http.js', '#records/sqlite.fine.js', '#catalogue/fine.js'],
  'apps/api/src/main.ts': ['./fine.js', '#config/fine.js', '#installation/fine.js', 'node:process'],
  'test/fine.spec.ts': ['#kernel/testing/fine.js', '#catalogue/fine.js'],
};

/** Further files that breaches need. */
const PROPS: Readonly<Record<string, readonly string[]>> = {
  'libs/licensing/src/index.ts': ['./fine.events.js'],
  'libs/licensing/src/breach.fifth.ts': ['./breach.fourth.js'],
};

const root = resolve('.');
const folder = mkdtempSync(join(tmpdir(), 'keyledger-walls-'));

interface Violation {
  readonly from: string;
  readonly rule: { readonly name: string };
  /** Of a circle, reported once for all files in it. */
  readonly cycle?: readonly { readonly name: string }[];
}

function write(file: string, text: string): void {
  mkdirSync(dirname(join(folder, file)), { recursive: true });
  writeFileSync(join(folder, file), text);
}

function plant(file: string, imports: readonly string[]): void {
  write(
    file,
    [...imports.filter((name) => name !== '').map((name, i) => `import * as i${i} from '${name}';`), 'export const x = 1;'].join(
      '\n',
    ),
  );
}

/** A package that is there, and nothing else: the walls look at names. */
function plantPackage(name: string): void {
  write(`node_modules/${name}/package.json`, JSON.stringify({ name, version: '1.0.0', main: 'index.js', license: 'MIT' }));
  write(`node_modules/${name}/index.js`, '');
}

function plantTree(): void {
  const dependencies = [
    'zod',
    'fastify',
    'pino',
    'prom-client',
    'better-sqlite3',
    'mongoose',
    'nodemailer',
    '@kurrent/kurrentdb-client',
    '@nestjs/common',
  ];
  const devDependencies = ['@jest/globals', 'fast-check'];
  for (const name of [...dependencies, ...devDependencies]) plantPackage(name);
  const versions = (names: readonly string[]) => Object.fromEntries(names.map((name) => [name, '1.0.0']));
  write(
    'package.json',
    JSON.stringify({ type: 'module', dependencies: versions(dependencies), devDependencies: versions(devDependencies) }),
  );
  write('tsconfig.json', '{}');
  for (const [file, imports] of Object.entries({ ...FINE, ...PROPS })) plant(file, imports);
  for (const [file, imported] of Object.values(BREACHES)) plant(file, [imported]);
}

function cruise(): Promise<readonly Violation[]> {
  const program = join(root, 'node_modules/dependency-cruiser/bin/dependency-cruise.mjs');
  const args = [program, '--config', join(root, '.dependency-cruiser.cjs'), '--output-type', 'json', 'apps', 'libs', 'test'];
  return new Promise((done, fail) => {
    // Its exit code counts the violations, so only what it prints tells whether it ran.
    execFile(process.execPath, args, { cwd: folder, maxBuffer: 64 * 1024 * 1024 }, (_error, stdout, stderr) => {
      if (stdout === '') fail(new Error(stderr));
      else done((JSON.parse(stdout) as { readonly summary: { readonly violations: readonly Violation[] } }).summary.violations);
    });
  });
}

describe('the walls', () => {
  let violations: readonly Violation[];
  beforeAll(async () => {
    plantTree();
    violations = await cruise();
  }, 120_000);
  afterAll(() => rmSync(folder, { recursive: true }));

  it('are all broken here', () => {
    const { forbidden } = createRequire(join(root, 'package.json'))('./.dependency-cruiser.cjs') as {
      readonly forbidden: readonly { readonly name: string }[];
    };
    expect(Object.keys(BREACHES)).toEqual(forbidden.map(({ name }) => name));
  });

  it.each(Object.entries(BREACHES))('%s: is held against %j', (name, [file]) => {
    const held = violations.filter(({ from, cycle }) => from === file || cycle?.some((member) => member.name === file));
    expect(held.map(({ rule }) => rule.name)).toContain(name);
  });

  it('leave alone what is allowed', () => {
    expect(violations.filter(({ from }) => from in FINE)).toEqual([]);
  });
});
