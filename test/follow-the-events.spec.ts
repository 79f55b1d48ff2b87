// Plays docs/how-to/follow-the-events.md as its readers do: with curl, and with the subscriber that it shows.
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { spawn, type ChildProcess } from 'node:child_process';
import { readFileSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import type { Body } from './support/client.js';
import { startServer, temporaryFolder, type RunningServer } from './support/server.js';
import { Shell } from './support/shell.js';
import { differences, filledIn, memberOf, stepsOf } from './support/tutorial.js';
import { until } from './support/until.js';
import { firstVendor, type Vendor } from './support/vendor.js';

const page = readFileSync(new URL('../../docs/how-to/follow-the-events.md', import.meta.url), 'utf8');
const program = /^```js\n(.*?)^```/ms.exec(page)![1]!;

let server: RunningServer;
let vendor: Vendor;
let shell: Shell;
let folder: string;
let subscriber: ChildProcess | undefined;
/** What the subscribers of this file have printed. */
let printed = '';

beforeAll(async () => {
  folder = temporaryFolder();
  server = await startServer({ folder: join(folder, 'data') });
  vendor = await firstVendor(server);
  shell = new Shell();
});
afterAll(async () => {
  subscriber?.kill('SIGKILL');
  shell.end();
  await server.end('SIGKILL');
  rmSync(folder, { recursive: true, force: true });
});

function subscribe(): void {
  const file = join(folder, 'subscriber.mjs');
  writeFileSync(file, program);
  const env = { PATH: process.env['PATH'], SERVER: server.url, TOKEN: vendor.token, PLACE: join(folder, 'place.txt') };
  subscriber = spawn(process.execPath, [file], { env, stdio: ['ignore', 'pipe', 'ignore'] });
  subscriber.stdout!.on('data', (chunk: Buffer) => (printed += chunk.toString()));
}

/** By id, in order; an event that came once more after a crash counts once. */
function handled(): string[] {
  const lines = printed.split('\n').slice(0, -1);
  return [...new Set(lines.map((line) => (JSON.parse(line) as { id: string }).id))];
}

async function idsInTheLog(): Promise<string[]> {
  const { data } = await vendor.staff.read('/v1/events?limit=1000');
  return data.map(({ id }: Body) => id as string);
}

describe('the page', () => {
  it('shows answers as they are', async () => {
    let answer: unknown;
    const find = (name: string, where: string): string => {
      if (where !== 'as printed by the server') return memberOf(answer, where);
      return name === 'SERVER' ? server.url : vendor.token;
    };
    await vendor.staff.read('/v1/events?limit=1'); // the index has everything
    for (const { commands, shown } of stepsOf(page)) {
      const text = await shell.run(filledIn(commands, find));
      if (text !== '') answer = JSON.parse(text);
      if (shown !== undefined) expect(differences(shown, answer)).toEqual([]);
    }
    expect(answer).toMatchObject({ data: [], next: (answer as { asOf: string }).asOf });
  });

  it('has a subscriber that misses nothing when it is killed, nor when the server is', async () => {
    subscribe();
    const before = await idsInTheLog();
    await until(() => Promise.resolve(handled().length >= before.length));
    subscriber!.kill('SIGKILL');
    await vendor.issue();
    subscribe();
    await until(async () => handled().length >= (await idsInTheLog()).length);
    await server.end('SIGKILL');
    server = await startServer({ folder: server.folder, env: { KEYLEDGER_PORT: new URL(server.url).port } });
    await vendor.issue();
    const all = await idsInTheLog();
    await until(() => Promise.resolve(handled().length >= all.length));
    expect(handled()).toEqual(all);
    expect(all.length).toBe(before.length + 2);
  }, 60_000);
});
