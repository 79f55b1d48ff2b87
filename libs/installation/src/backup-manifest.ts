// What a backup says of itself: `manifest.json`, written last, so that a backup without it is none.
import { createHash } from 'node:crypto';
import { closeSync, openSync, readFileSync, readSync, statSync } from 'node:fs';
import { join } from 'node:path';
import { EVENTS_FILE } from '#event-store/sqlite.events-file.js';
import { instantSchema } from '#kernel/fields.js';
import { z } from 'zod';
import { writeDurably } from './durable-file.js';
import { operatorErrors } from './operator.errors.js';
import { steps, type OnStep } from './step.js';

export const MANIFEST_FILE = 'manifest.json';
const FORMAT = 1;
const CHUNK_BYTES = 1024 * 1024;

const fileSchema = z.strictObject({
  name: z.string().regex(/^[a-z]+\.(?:db|key)$/),
  bytes: z.int().min(0),
  sha256: z.string().regex(/^[0-9a-f]{64}$/),
});

export const manifestSchema = z.strictObject({
  format: z.literal(FORMAT),
  madeAt: instantSchema,
  /** Of the last event in it; every command that was acknowledged before the backup began is at or before it. */
  position: z.string().regex(/^\d{20}$/),
  events: z.int().min(0),
  streams: z.int().min(0),
  files: z.array(fileSchema).refine((files) => files.some(({ name }) => name === EVENTS_FILE), 'must name the log'),
});

export type Manifest = z.output<typeof manifestSchema>;
export type ManifestFile = z.output<typeof fileSchema>;

/** Size and SHA-256 of a file of a backup. */
export function describeFile(folder: string, name: string, onStep: OnStep): ManifestFile {
  const path = join(folder, name);
  const bytes = statSync(path).size;
  const tell = steps(onStep, `checking ${name}`, 'bytes');
  const hash = createHash('sha256');
  const fd = openSync(path, 'r');
  try {
    const chunk = Buffer.alloc(CHUNK_BYTES);
    for (let done = 0, read = 0; (read = readSync(fd, chunk)) > 0;) {
      hash.update(chunk.subarray(0, read));
      tell((done += read), bytes);
    }
  } finally {
    closeSync(fd);
  }
  return { name, bytes, sha256: hash.digest('hex') };
}

export function writeManifest(folder: string, manifest: Manifest): void {
  writeDurably(join(folder, MANIFEST_FILE), `${JSON.stringify(manifest, null, 2)}\n`);
}

/** @throws `backup.not-a-backup`, `backup.newer-format`, `backup.damaged` where the manifest itself cannot be read. */
export function readManifest(folder: string): Manifest {
  const path = join(folder, MANIFEST_FILE);
  let json: unknown;
  try {
    json = JSON.parse(readFileSync(path, 'utf8'));
  } catch (error) {
    if (error instanceof SyntaxError) return operatorErrors.refuse('backup.damaged', `${path} is not JSON; take another backup.`);
    return operatorErrors.refuse('backup.not-a-backup', `${folder} holds no finished backup: it has no ${MANIFEST_FILE}.`);
  }
  const format = z.looseObject({ format: z.int() }).safeParse(json).data?.format;
  if (format !== undefined && format > FORMAT) {
    const detail = `${folder} has format ${format}, this version of the product knows ${FORMAT}; restore it with the newer version.`;
    operatorErrors.refuse('backup.newer-format', detail);
  }
  const parsed = manifestSchema.safeParse(json);
  if (parsed.success) return parsed.data;
  return operatorErrors.refuse('backup.damaged', `${path} was altered: ${z.prettifyError(parsed.error)}`);
}

/** Compares every file with the manifest. @throws `backup.damaged` for the first that is another one, or gone. */
export function checkFiles(folder: string, manifest: Manifest, onStep: OnStep): void {
  for (const wanted of manifest.files) {
    const path = join(folder, wanted.name);
    const size = statSync(path, { throwIfNoEntry: false })?.size;
    const found = size === wanted.bytes ? describeFile(folder, wanted.name, onStep) : undefined;
    if (found?.sha256 === wanted.sha256) continue;
    const is = size === undefined ? 'is gone' : found ? 'has another digest' : `has ${size} bytes instead of ${wanted.bytes}`;
    operatorErrors.refuse('backup.damaged', `${path} ${is}; take another backup.`);
  }
}
