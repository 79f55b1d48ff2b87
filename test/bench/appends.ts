// Durable appends in process, each with a version check, against the same rows in bare SQLite commits.
import { mkdtempSync, rmSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { performance } from 'node:perf_hooks';
import { v7 } from 'uuid';
import type { NewEvent } from '#event-store/event-store.js';
import { openForWriting } from '#event-store/sqlite.events-file.js';
import { SqliteEventStore } from '#event-store/sqlite.event-store.js';
import { uuidBytes } from '#event-store/sqlite.rows.js';
import { newId, streamName } from '#kernel/ids.js';
import { Histogram } from './histogram.js';

const CALLERS = 64;
/** Appends to one stream before the caller takes a new one: lives of licenses are short. */
const PER_STREAM = 5;

export interface AppendFigures {
  readonly perSecond: number;
  readonly p99Ms: number;
  readonly ceilingPerSecond: number;
}

/** An event as an activation makes it. */
function newEvent(): NewEvent {
  const eventId = v7();
  const data = JSON.stringify({
    activationId: newId(),
    by: 'license-key',
    components: null,
    deviceName: null,
    expiresAt: null,
    fingerprint: Buffer.from(eventId).toString('base64url').slice(0, 43),
    licenseId: newId(),
    maintenanceEndsAt: null,
    platform: 'linux-x64',
    publicKey: null,
    userId: null,
  });
  const metadata = {
    $causationId: eventId,
    $correlationId: eventId,
    actor: `license:${newId()}`,
    commandId: eventId,
    occurredAt: '2026-01-01T00:00:00.000Z',
    requestId: eventId,
    schema: '1',
    tenant: 'acme',
  };
  return { eventId, type: 'KeyActivated', data, metadata };
}

async function appends(folder: string, seconds: number): Promise<{ perSecond: number; p99Ms: number; count: number }> {
  const store = await SqliteEventStore.open(folder);
  const times = new Histogram();
  const start = performance.now();
  const end = start + seconds * 1000;
  const caller = async () => {
    for (let n = 0, stream = ''; performance.now() < end; n++) {
      if (n % PER_STREAM === 0) stream = streamName('license', 'acme', newId());
      const event = newEvent();
      const sentAt = performance.now();
      await store.append([{ stream, expected: n % PER_STREAM === 0 ? 'no-stream' : (n % PER_STREAM) - 1, events: [event] }]);
      times.add(performance.now() - sentAt);
    }
  };
  await Promise.all(Array.from({ length: CALLERS }, caller));
  const perSecond = (times.count / (performance.now() - start)) * 1000;
  await store.close();
  return { perSecond, p99Ms: times.quantile(0.99), count: times.count };
}

/** As fast as the file takes these rows: same table, same pragmas, one statement, nothing checked. */
function bareCommits(folder: string, seconds: number): number {
  const db = openForWriting(join(folder, 'bare.db'), true);
  const insert = db.prepare('INSERT INTO events (stream, revision, event_id, type, data, metadata) VALUES (?, ?, ?, ?, ?, ?)');
  let rows = 0;
  const commit = db.transaction(() => {
    for (let i = 0; i < CALLERS; i++, rows++) {
      const { eventId, type, data, metadata } = newEvent();
      const stream = streamName('license', 'acme', `${Math.floor(rows / PER_STREAM)}`.padStart(26, '0'));
      insert.run(stream, rows % PER_STREAM, uuidBytes(eventId), type, data, JSON.stringify(metadata));
    }
  });
  const start = performance.now();
  while (performance.now() < start + seconds * 1000) commit.immediate();
  const perSecond = (rows / (performance.now() - start)) * 1000;
  db.close();
  return perSecond;
}

/** One pair: appends, then the bare commits, in new files on the disk of `near`. */
export async function measureAppends(near: string, seconds: number): Promise<AppendFigures> {
  const folder = mkdtempSync(join(dirname(near), 'kl-appends-'));
  try {
    const { perSecond, p99Ms } = await appends(folder, seconds);
    return { perSecond, p99Ms, ceilingPerSecond: bareCommits(folder, seconds) };
  } finally {
    rmSync(folder, { recursive: true, force: true });
  }
}

/** The pragmas that both write under. */
export function pragmasOf(near: string): string {
  const folder = mkdtempSync(join(dirname(near), 'kl-appends-'));
  const db = openForWriting(join(folder, 'pragmas.db'), true);
  const names = ['journal_mode', 'synchronous', 'wal_autocheckpoint', 'cache_size', 'page_size'];
  const pragmas = names.map((name) => `${name}=${String(db.pragma(name, { simple: true }))}`).join(' ');
  db.close();
  rmSync(folder, { recursive: true, force: true });
  return pragmas;
}
