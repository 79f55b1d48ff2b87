// A machine whose clock jumps, forward and back, under load: what is acknowledged stays, in the order in which it was
// acknowledged, and what cannot be decided at an earlier instant is refused with a code that says so.
import { afterEach, beforeEach, describe, expect, it } from '@jest/globals';
import { rmSync } from 'node:fs';
import { startClockedServer, type ClockedServer } from '../support/clocked-server.js';
import { temporaryFolder } from '../support/server.js';
import { QUIET } from '../crash/scene.js';
import { Shift } from '../crash/shift.js';

/** A license that begins later than now cannot be used yet. */
const NOT_YET = 'license.not-yet-effective';

let folder: string;
let server: ClockedServer;
let shift: Shift;

beforeEach(async () => {
  folder = temporaryFolder();
  shift = await Shift.on(folder, { mayBeRefused: [NOT_YET] });
  server = await startClockedServer({ folder, env: QUIET });
  shift.servers.put(server);
}, 120_000);

afterEach(async () => {
  shift.servers.gone();
  await server.end('SIGKILL');
  rmSync(folder, { recursive: true });
});

describe('a clock that jumps', () => {
  it('forward and back, beyond the beginning of it all, takes nothing that was acknowledged', async () => {
    shift.begin();
    await shift.acknowledgements(20);
    for (const days of [2, -3, 0.04, -0.04, 300, -299]) {
      server.pass({ days });
      await shift.acknowledgements(20);
    }
    await shift.end();
    expect(await shift.wrong()).toEqual({ lost: [], twice: [], wrong: [] });
    expect(shift.ledger.refusals.get(NOT_YET)).toBeGreaterThan(0);
  }, 120_000);
});
