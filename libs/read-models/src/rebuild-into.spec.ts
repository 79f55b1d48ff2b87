import { afterEach, beforeEach, describe, expect, it } from '@jest/globals';
import { execFile } from 'node:child_process';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { promisify } from 'node:util';
import { Projection } from './projection.js';
import { dumpHash, dumpOf, rebuildInto } from './rebuild-into.js';
import { clockView } from './testing/clock-view.js';
import { ManualPace, until } from './testing/manual-pace.js';
import { breakage, decodeTallies, tallyView } from './testing/tallies.js';
import { temporaryLog, type TemporaryLog } from './testing/temporary-log.js';
import { temporaryReads, type TemporaryReads } from './testing/temporary-reads.js';
import type { AnyView } from './view.js';

const program = new URL('./testing/rebuild-process.js', import.meta.url);

describe('read models and a rebuild from the log alone, by a process of its own', () => {
  let log: TemporaryLog;
  let live: TemporaryReads;
  let empty: string;

  beforeEach(async () => {
    breakage.on = true;
    log = await temporaryLog();
    live = temporaryReads();
    empty = mkdtempSync(join(tmpdir(), 'empty-'));
  });
  afterEach(async () => {
    await live.dispose();
    await log.dispose();
    rmSync(empty, { recursive: true });
  });

  async function liveDump(view: AnyView): Promise<string[]> {
    const { reads } = live;
    const projection = new Projection({ events: log.events, reads, decode: decodeTallies }, [view], {
      owner: 'live',
      pace: new ManualPace(),
    });
    await projection.start();
    for (let i = 0; i < 20; i++) {
      const tally = 'abcde'[i % 5]!;
      await log.happen({ type: 'Counted', tally, by: i }, { type: 'Copied', tally, to: 'abcde'[(i * 3) % 5]! });
      if (i % 7 === 6) await log.happen({ type: 'Cleared', tally }, { type: 'Broken', tally: 'z', tenant: 'acme2' });
    }
    const head = await log.happen({ type: 'Counted', tally: 'y', by: 1, tenant: 'acme2' });
    await until(async () => (await reads.asOf(view)) === head);
    await projection.stop();
    return linesOf(reads);
  }
  async function linesOf(reads: TemporaryReads['reads']): Promise<string[]> {
    const lines: string[] = [];
    for await (const line of dumpOf(reads)) lines.push(line);
    return lines;
  }
  async function rebuilt(...planted: string[]): Promise<string[]> {
    const { stdout } = await promisify(execFile)(process.execPath, [fileURLToPath(program), log.folder, empty, ...planted], {
      env: {},
    });
    return stdout.trimEnd().split('\n');
  }

  it('are equal, byte for byte, with what is set aside', async () => {
    const lines = await liveDump(tallyView());
    expect(lines).toHaveLength(7);
    expect(lines.at(-1)).toContain('"set aside","Broken"');
    expect(await rebuilt()).toEqual(lines);
  });

  it('differ where a view reads the clock', async () => {
    const lines = await liveDump(clockView);
    const again = await rebuilt('clock');
    expect(again).toHaveLength(lines.length);
    expect(again).not.toEqual(lines);
  });

  it('have one hash if and only if they are equal', async () => {
    const view = tallyView();
    await liveDump(view);
    const other = temporaryReads();
    const ports = { events: log.events, reads: other.reads, decode: decodeTallies };
    await rebuildInto(ports, [view], new ManualPace());
    expect(await dumpHash(other.reads)).toBe(await dumpHash(live.reads));
    await other.dispose();
    const shorter = temporaryReads();
    const { events } = await log.events.readLog({ direction: 'backward', limit: 2 });
    await rebuildInto({ ...ports, reads: shorter.reads }, [view], new ManualPace(), events[1]!.position);
    expect(await dumpHash(shorter.reads)).not.toBe(await dumpHash(live.reads));
    await shorter.dispose();
  });
});
