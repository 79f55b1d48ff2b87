// Plays docs/tutorial/first-license.md as its readers do, with their own shell and curl.
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { readFileSync } from 'node:fs';
import { lagOf } from './support/lag.js';
import { startServer, type RunningServer } from './support/server.js';
import { Shell } from './support/shell.js';
import { differences, filledIn, memberOf, stepsOf } from './support/tutorial.js';

const steps = stepsOf(readFileSync(new URL('../../docs/tutorial/first-license.md', import.meta.url), 'utf8'));

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
    while ((await lagOf(server.url)) > 0);
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
