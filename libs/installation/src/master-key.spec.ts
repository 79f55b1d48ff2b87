import { afterEach, beforeEach, describe, expect, it } from '@jest/globals';
import { randomBytes } from 'node:crypto';
import { mkdtempSync, rmSync, statSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { MASTER_KEY_FILE, masterKeyOf } from './master-key.js';

describe('the master key', () => {
  let folder: string;
  beforeEach(() => {
    folder = mkdtempSync(join(tmpdir(), 'master-key-'));
  });
  afterEach(() => rmSync(folder, { recursive: true }));

  it('is made once, readable by its owner only, and the same ever after', () => {
    const made = masterKeyOf(folder);
    expect(made).toHaveLength(32);
    expect(statSync(join(folder, MASTER_KEY_FILE)).mode & 0o777).toBe(0o600);
    expect(Buffer.from(masterKeyOf(folder)).equals(made)).toBe(true);
  });

  it('comes from the configuration where it is set, and no file is made', () => {
    const configured = randomBytes(32);
    expect(masterKeyOf(folder, configured)).toBe(configured);
    expect(() => statSync(join(folder, MASTER_KEY_FILE))).toThrow('ENOENT');
  });

  it('refuses a file that holds something else', () => {
    writeFileSync(join(folder, MASTER_KEY_FILE), 'short\n');
    expect(() => masterKeyOf(folder)).toThrow('does not hold 32 bytes');
  });
});
