// A short round of what `npm run crash` does at length, and the faults that it must not miss.
import { afterAll, afterEach, beforeEach, describe, expect, it } from '@jest/globals';
import { rmSync } from 'node:fs';
import { PoweredDisk } from '../disk/powered-disk.js';
import { buildShim } from '../disk/shim.js';
import { temporaryFolder } from '../support/server.js';
import { Campaign, type CampaignOptions, type Standing } from './campaign.js';
import { deafTo, planted } from './planted.js';

let folder: string;
beforeEach(() => {
  folder = temporaryFolder();
});
afterEach(() => rmSync(folder, { recursive: true, force: true }));

function run(options: Partial<CampaignOptions>): Promise<Standing> {
  return new Campaign({ folder, kills: 3, seed: 1, rebuildEvery: 100, ...options }).run();
}

describe('a server that is killed again and again', () => {
  it('loses nothing acknowledged, applies nothing twice, keeps its order and its views', async () => {
    const { findings, ...so } = await run({ kills: 4 });
    expect(findings).toEqual({ lost: [], twice: [], wrong: [] });
    expect(so).toMatchObject({ kills: 4, moments: { work: 1, rebuild: 1, start: 1, backup: 1 } });
    expect(so.acknowledged).toBeGreaterThan(3);
    expect(so.cut).toBeGreaterThan(0);
  }, 180_000);

  it('is found out where it loses what it acknowledged', async () => {
    const { findings } = await run({ kills: 20, server: planted('lose') });
    expect(findings.lost).not.toEqual([]);
  }, 180_000);

  it('is found out where it applies a command twice', async () => {
    const { findings } = await run({ kills: 20, server: planted('double') });
    expect(findings.twice).not.toEqual([]);
  }, 180_000);
});

describe('a server whose disk loses its power again and again', () => {
  const shim = buildShim();
  afterAll(() => shim.remove());

  async function runPowered(options: Partial<CampaignOptions>, deaf?: string): Promise<Standing> {
    const disk = new PoweredDisk(folder, shim.path, deaf);
    try {
      return await run({ ...options, disk });
    } finally {
      disk.end();
    }
  }

  it('loses nothing acknowledged, applies nothing twice, keeps its order and its views', async () => {
    const { findings, kills } = await runPowered({ kills: 3 });
    expect(findings).toEqual({ lost: [], twice: [], wrong: [] });
    expect(kills).toBe(3);
  }, 180_000);

  it('is found out where it answers before it has synced', async () => {
    const { findings } = await runPowered({ kills: 10, server: planted('sync-off') });
    expect(findings.lost).not.toEqual([]);
  }, 180_000);

  it('is found out where the disk lies about what it has synced', async () => {
    const { findings } = await runPowered({ kills: 10 }, deafTo('sync-ignored'));
    expect(findings.lost).not.toEqual([]);
  }, 180_000);
});
