// Plays docs/tutorial/first-license.md as its readers do, with their own shell and curl.
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { spawn, type ChildProcess } from 'node:child_process';
import { readFileSync } from 'node:fs';
import { startServer, type RunningServer } from './support/server.js';
import { differences, filledIn, memberOf, stepsOf } from './support/tutorial.js';

const steps = stepsOf(readFileSync(new URL('../../docs/tutorial/first-license.md', import.meta.url), 'utf8'));

/** A shell that keeps its variables from one block to the next. */
class Shell {
  private readonly process: ChildProcess = spawn('sh', {
    stdio: ['pipe', 'pipe', 'pipe'],
    env: { ...process.env, NO_PROXY: '*' },
  });
  private printed = '';

  constructor() {
    for (const stream of [this.process.stdout!, this.process.stderr!])
      stream.on('data', (chunk: Buffer) => (this.printed += chunk.toString()));
  }

  /** What the commands print. */
  async run(commands: string): Promise<string> {
    this.printed = '';
    const end = 'end of the block';
    this.process.stdin!.write(`${commands}\necho '${end}'\n`);
    while (!this.printed.includes(end)) await new Promise((next) => this.process.stdout!.once('data', next));
    return this.printed.slice(0, this.printed.indexOf(end));
  }

  end(): void {
    this.process.stdin!.end();
  }
}

function parsed(printed: string): unknown {
  try {
    return JSON.parse(printed);
  } catch {
    throw new Error(`the commands printed no JSON: ${printed}`);
  }
}

describe('the tutorial', () => {
  let server: RunningServer;
  let shell: Shell;
  let answer: unknown;

  beforeAll(async () => {
    server = await startServer();
    shell = new Shell();
  });
  afterAll(async () => {
    shell.end();
    await server.dispose();
  });

  /** Readers are slower than views; this test would not be. */
  async function viewsCaughtUp(): Promise<void> {
    for (;;) {
      const ready = (await (await fetch(`${server.url}/health/ready`)).json()) as { views: { lagSeconds: number }[] };
      if (ready.views.every(({ lagSeconds }) => lagSeconds === 0)) return;
    }
  }

  function find(name: string, where: string): string {
    if (where !== 'as printed by the server') return memberOf(answer, where);
    return name === 'SERVER' ? server.url : server.setupToken!;
  }

  it('goes on to a license that is validated, suspended and resumed', () => {
    const text = steps.map(({ commands }) => commands).join('');
    for (const path of ['/v1/setup', '/v1/licenses', '/v1/license/activations', '/v1/license/validate', '/suspend', '/resume']) {
      expect(text).toContain(path);
    }
  });

  it.each(steps.map(({ commands, shown }, i) => [i + 1, commands.split('\n')[0]!, commands, shown] as const))(
    'block %i works as shown: %s',
    async (_number, _title, commands, shown) => {
      await viewsCaughtUp();
      const printed = await shell.run(filledIn(commands, find));
      if (shown === undefined) return expect(printed).toBe('');
      answer = parsed(printed);
      expect(differences(shown, answer)).toEqual([]);
    },
  );
});
