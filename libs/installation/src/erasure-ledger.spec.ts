import { appendFileSync, mkdtempSync, readFileSync, rmSync, statSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from '@jest/globals';
import { newId } from '#kernel/ids.js';
import { ErasureLedger, readLedger, type Erasure } from './erasure-ledger.js';

const erasure = (): Erasure => ({ tenant: 'acme', contactId: newId(), at: '2026-06-01T12:00:00.000Z' });

describe('the ledger of erasures', () => {
  let folder: string;
  beforeEach(() => {
    folder = mkdtempSync(join(tmpdir(), 'kl-ledger-'));
  });
  afterEach(() => rmSync(folder, { recursive: true }));

  it('keeps each person once, for its owner only', () => {
    const [one, two] = [erasure(), erasure()];
    const ledger = new ErasureLedger(folder);
    for (const each of [one, two, { ...one, at: two.at }]) ledger.note(each);
    expect(new ErasureLedger(folder).all()).toEqual([one, two]);
    expect(readFileSync(ledger.file, 'utf8').split('\n')).toHaveLength(3);
    expect(statSync(ledger.file).mode & 0o777).toBe(0o600);
  });

  it('goes on behind a line that a crash has torn', () => {
    const [one, two] = [erasure(), erasure()];
    const ledger = new ErasureLedger(folder);
    ledger.note(one);
    appendFileSync(ledger.file, JSON.stringify(two).slice(0, 30));
    const again = new ErasureLedger(folder);
    expect(again.all()).toEqual([one]);
    again.note(two);
    expect(readFileSync(ledger.file, 'utf8')).toContain(JSON.stringify(two));
    expect(new ErasureLedger(folder).all()).toEqual([one, two]);
  });

  it('is made again of what is known otherwise', () => {
    const [one, two] = [erasure(), erasure()];
    new ErasureLedger(folder, [one]);
    expect(new ErasureLedger(folder, [one, two]).all()).toEqual([one, two]);
    expect(readLedger(join(folder, 'erasures.jsonl'))).toEqual([one, two]);
  });

  it('is refused where a line tells of no erasure', () => {
    const file = join(folder, 'erasures.jsonl');
    for (const line of ['nothing', '{"tenant":"acme"}', `{"tenant":"acme","contactId":"x","at":"now"}`]) {
      writeFileSync(file, `${JSON.stringify(erasure())}\n${line}\n`);
      expect(() => readLedger(file)).toThrow(expect.objectContaining({ code: 'erasures.damaged' }));
    }
  });
});
