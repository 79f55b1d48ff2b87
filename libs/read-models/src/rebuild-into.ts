// Folds all views from a log into an empty store, and writes down what a store holds: two stores that
// hold the same give the same text.
import { createHash } from 'node:crypto';
import type { Position } from '#event-store/event-store.js';
import type { ProjectionPorts } from './build-writer.js';
import { documentsOf } from './compare-builds.js';
import type { Pace } from './pace.js';
import type { ReadStore } from './read-store.js';
import { openWriter } from './verify-run.js';
import type { AnyView } from './view.js';

/**
 * Folds the log up to `until` (default its head) into the active builds of an empty store, as fast as it goes.
 * What a view cannot digest is set aside, as live. Answers the position reached.
 */
export async function rebuildInto(
  ports: ProjectionPorts,
  views: readonly AnyView[],
  pace: Pick<Pace, 'now'>,
  until?: Position,
): Promise<Position> {
  const position = until ?? (await ports.events.head());
  for (const view of views) {
    const number = await ports.reads.begin(view);
    const writer = await openWriter(ports, { view, number, partition: 0, partitions: 1 }, 'rebuild', pace);
    await writer.advanceTo(position, () => pace.now(), 'set-aside');
    await ports.reads.complete(view.name, number);
    await ports.reads.release(writer.build, 'rebuild');
  }
  return position;
}

/**
 * The documents of all active builds, one a line: view, version, tenant, key, position, text, as a JSON
 * array; then, per view, what is set aside. Numbers of builds do not show: a rebuilt view is equal.
 */
export async function* dumpOf(reads: ReadStore): AsyncGenerator<string> {
  for (const { name, number, version, status } of await reads.builds()) {
    if (status !== 'active') continue;
    for await (const { tenant, key, position, text } of documentsOf(reads, name, number)) {
      yield JSON.stringify([name, version, tenant, key, position, text]);
    }
    for (const { tenant, key, position, eventType } of await reads.quarantined(name, number)) {
      yield JSON.stringify([name, version, tenant, key, position, 'set aside', eventType]);
    }
  }
}

/** SHA-256 (hex) of a dump: what two processes compare. */
export async function dumpHash(reads: ReadStore): Promise<string> {
  const hash = createHash('sha256');
  for await (const line of dumpOf(reads)) hash.update(`${line}\n`);
  return hash.digest('hex');
}
