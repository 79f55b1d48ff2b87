import { afterEach, beforeEach, describe, expect, it } from '@jest/globals';
import { mkdtempSync, readdirSync, rmSync, statSync, writeFileSync } from 'node:fs';
import type { Server } from 'node:http';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { z } from 'zod';
import { defineErrors } from '#kernel/errors.js';
import { linesOperation, operation } from './operations.js';
import { askOperator, askOperatorLines, operatorSocketOf, serveOperator } from './operator-socket.js';

const errors = defineErrors({ 'lamp.broken': { kind: 'conflict', title: 'The lamp is broken.' } });
const operations = {
  double: operation(z.strictObject({ n: z.int() }), async ({ n }) => n * 2),
  refuse: operation(z.strictObject({}), async () => errors.refuse('lamp.broken', undefined, { since: 'today' })),
  count: linesOperation(z.strictObject({ to: z.int() }), async function* ({ to }) {
    for (let n = Math.min(to, 1); n <= to; n++) yield n;
    if (to > 3) errors.refuse('lamp.broken');
    if (to === 0) await new Promise(() => undefined);
  }),
  fail: operation(z.strictObject({}), async () => {
    throw new Error('out of order');
  }),
};

describe("the operator's socket", () => {
  let folder: string;
  let server: Server | undefined;

  beforeEach(() => {
    folder = mkdtempSync(join(tmpdir(), 'socket-'));
  });
  afterEach(async () => {
    await new Promise((resolve) => (server ? server.close(resolve) : resolve(null)));
    server = undefined;
    rmSync(folder, { recursive: true, force: true });
  });

  it('answers an operation, and is for its owner only', async () => {
    server = await serveOperator(folder, operations);
    expect(await askOperator(folder, 'double', { n: 21 })).toEqual({ result: 42 });
    expect(statSync(operatorSocketOf(folder)).mode & 0o777).toBe(0o600);
  });

  it('leaves the modes of other files alone that are made meanwhile', async () => {
    const other = join(folder, 'other');
    const serving = serveOperator(folder, operations);
    writeFileSync(other, '');
    server = await serving;
    expect(statSync(other).mode & 0o777).toBe(0o666 & ~process.umask());
    expect(readdirSync(folder).sort()).toEqual(['operator.sock', 'other']);
  });

  it('leaves nothing behind when it is closed', async () => {
    server = await serveOperator(folder, operations);
    await new Promise((resolve) => server!.close(resolve));
    expect(readdirSync(folder)).toEqual([]);
  });

  it('answers line by line, to an end or a refusal', async () => {
    server = await serveOperator(folder, operations);
    const lines = async (name: string, input: unknown) => {
      const all: unknown[] = [];
      for await (const line of (await askOperatorLines(folder, name, input))!) all.push(line);
      return all;
    };
    expect(await lines('count', { to: 2 })).toEqual([{ line: 1 }, { line: 2 }, { end: true }]);
    expect((await lines('count', { to: 4 })).at(-1)).toMatchObject({ error: { code: 'lamp.broken' } });
    expect(await lines('count', { to: 'x' })).toMatchObject([{ error: { code: 'operation.invalid' } }]);
    expect(await askOperator(folder, 'no-such', {})).toMatchObject({ error: { code: 'operation.not-found' } });
  });

  it('is not taken for an end where the server goes away in between', async () => {
    server = await serveOperator(folder, operations);
    const lines = (await askOperatorLines(folder, 'count', { to: 0 }))!;
    expect((await lines.next()).value).toEqual({ line: 0 });
    server.closeAllConnections();
    await expect(lines.next()).rejects.toThrow();
  });

  it('says what is wrong: refused, failed, wrong input, unknown', async () => {
    server = await serveOperator(folder, operations);
    expect(await askOperator(folder, 'refuse', {})).toEqual({
      error: { code: 'lamp.broken', message: 'The lamp is broken.', facts: { since: 'today' } },
    });
    expect(await askOperator(folder, 'fail', {})).toEqual({ error: { code: 'operation.failed', message: 'out of order' } });
    expect(await askOperator(folder, 'double', { n: 'x' })).toMatchObject({
      error: { code: 'operation.invalid', message: expect.stringContaining('n: ') },
    });
    expect(await askOperator(folder, 'toString', {})).toMatchObject({ error: { code: 'operation.not-found' } });
  });

  it('answers nobody where no server runs, also where one left its socket behind', async () => {
    expect(await askOperator(folder, 'double', { n: 1 })).toBeNull();
    server = await serveOperator(folder, operations);
    await new Promise((resolve) => server!.close(resolve));
    writeFileSync(operatorSocketOf(folder), '');
    expect(await askOperator(folder, 'double', { n: 1 })).toBeNull();
    server = await serveOperator(folder, operations);
    expect(await askOperator(folder, 'double', { n: 1 })).toEqual({ result: 2 });
  });

  it('refuses a folder whose path is too long, with the way out', () => {
    expect(() => operatorSocketOf(`/${'x'.repeat(120)}`)).toThrow('use a data folder with a shorter path');
  });
});
