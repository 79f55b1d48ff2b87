// Rows of the log and what callers see: positions as text, UUIDs as text, metadata as an object.
import type { Position, StoredEvent } from './event-store.js';

/** The columns of a row, in the order of {@link Row}. */
export const COLUMNS = 'pos, stream, revision, event_id, type, data, metadata';
export type Row = [number, string, number, Buffer, string, string, string];

export function positionOf(pos: number): Position {
  return String(pos).padStart(20, '0');
}

/** @throws Error for text that no store gave out. */
export function posOf(position: Position): number {
  if (!/^\d{20}$/.test(position)) throw new Error(`not a position: ${position}`);
  return Number(position);
}

export function uuidBytes(uuid: string): Buffer {
  return Buffer.from(uuid.replaceAll('-', ''), 'hex');
}

function uuidText(bytes: Buffer): string {
  const hex = bytes.toString('hex');
  return `${hex.slice(0, 8)}-${hex.slice(8, 12)}-${hex.slice(12, 16)}-${hex.slice(16, 20)}-${hex.slice(20)}`;
}

/** @throws SyntaxError where the metadata is no JSON: the file is damaged. */
export function storedEvent([pos, stream, revision, eventId, type, data, metadata]: Row): StoredEvent {
  return {
    stream,
    revision,
    position: positionOf(pos),
    eventId: uuidText(eventId),
    type,
    data,
    metadata: JSON.parse(metadata) as Record<string, string>,
  };
}
