import { afterEach, beforeEach, describe, expect, it } from '@jest/globals';
import { mkdtempSync, rmSync, truncateSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { checkFiles, describeFile, MANIFEST_FILE, readManifest, writeManifest, type Manifest } from './backup-manifest.js';

describe('the manifest of a backup', () => {
  let folder: string;
  let manifest: Manifest;

  beforeEach(() => {
    folder = mkdtempSync(join(tmpdir(), 'manifest-'));
    writeFileSync(join(folder, 'events.db'), 'some bytes');
    const files = [describeFile(folder, 'events.db', () => undefined)];
    const position = '7'.padStart(20, '0');
    manifest = { format: 1, madeAt: '2026-06-01T12:00:00.000Z', position, events: 7, streams: 3, files };
    writeManifest(folder, manifest);
  });
  afterEach(() => rmSync(folder, { recursive: true }));

  const check = () => checkFiles(folder, readManifest(folder), () => undefined);
  const rewrite = (content: string) => writeFileSync(join(folder, MANIFEST_FILE), content);
  const refused = (code: string) => expect.objectContaining({ code });

  it('is read as it was written, and its files are the same', () => {
    expect(readManifest(folder)).toEqual(manifest);
    expect(check).not.toThrow();
  });

  it.each([
    ['has other bytes', () => writeFileSync(join(folder, 'events.db'), 'Some bytes'), 'has another digest'],
    ['is shorter', () => truncateSync(join(folder, 'events.db'), 4), 'has 4 bytes instead of 10'],
    ['is gone', () => rmSync(join(folder, 'events.db')), 'is gone'],
  ])('names the file that %s', (_, change, words) => {
    change();
    expect(check).toThrow(refused('backup.damaged'));
    expect(check).toThrow(words);
  });

  it.each([
    ['is not JSON', '{', 'backup.damaged'],
    ['lacks a member', JSON.stringify({ format: 1 }), 'backup.damaged'],
    ['names a file elsewhere', '{"format":1,"files":[{"name":"../x","bytes":1,"sha256":""}]}', 'backup.damaged'],
    ['is of a newer version', JSON.stringify({ format: 2, anything: 'else' }), 'backup.newer-format'],
  ])('that %s is refused', (_, content, code) => {
    rewrite(content);
    expect(() => readManifest(folder)).toThrow(refused(code));
  });

  it('is missed where there is none', () => {
    rmSync(join(folder, MANIFEST_FILE));
    expect(() => readManifest(folder)).toThrow(refused('backup.not-a-backup'));
  });
});
