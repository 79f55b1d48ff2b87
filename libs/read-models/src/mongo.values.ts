// How values of indexes and members of documents are kept in MongoDB.
import { BEHIND_ALL, sortable, unsorted } from '#records/mongo.text.js';
import type { Json, JsonObject } from '#kernel/json.js';
import type { IndexValue } from './view.js';

const NUMBER = '1';
const TEXT = '2';

/**
 * As text whose order is that of the port: null, numbers, texts by code point. So a range, a prefix and the place in a list are
 * each one comparison of texts, alike on every server, whatever its rules for values of different types.
 */
export function toIndex(value: IndexValue): string {
  if (value === null) return '';
  if (typeof value === 'string') return TEXT + sortable(value);
  return NUMBER + orderedBits(value).toString(16).padStart(16, '0');
}

export function fromIndex(kept: string): IndexValue {
  if (kept === '') return null;
  return kept.startsWith(TEXT) ? unsorted(kept.slice(1)) : numberOf(BigInt(`0x${kept.slice(1)}`));
}

/** Behind all values of the type of this one. */
export function endOfType(value: string | number): string {
  return typeof value === 'number' ? TEXT : TEXT + BEHIND_ALL;
}

/** Behind all texts that begin so. */
export function endOfPrefix(prefix: string): string {
  return toIndex(prefix) + BEHIND_ALL;
}

const SIGN = 1n << 63n;
const ALL = (1n << 64n) - 1n;
const cell = new DataView(new ArrayBuffer(8));

/** The bits of IEEE 754, in the order of the numbers: negative ones turned round, the others put behind them. */
function orderedBits(value: number): bigint {
  cell.setFloat64(0, value);
  const bits = cell.getBigUint64(0);
  return bits & SIGN ? ~bits & ALL : bits | SIGN;
}

function numberOf(ordered: bigint): number {
  cell.setBigUint64(0, ordered & SIGN ? ordered & ~SIGN : ~ordered & ALL);
  return cell.getFloat64(0);
}

/** A document as people query it, whatever its members are called: what MongoDB takes for an operator or a path is escaped. */
export function toStored(doc: JsonObject): JsonObject {
  return renamed(doc, escapeName) as JsonObject;
}

export function fromStored(stored: JsonObject): JsonObject {
  return renamed(stored, unescapeName) as JsonObject;
}

function renamed(value: Json, rename: (name: string) => string): Json {
  if (value === null || typeof value !== 'object') return value;
  if (Array.isArray(value)) return value.map((each: Json) => renamed(each, rename));
  return Object.fromEntries(Object.entries(value).map(([name, member]) => [rename(name), renamed(member, rename)]));
}

/** What the server takes for an operator, a path or an end, and the mark of an escape. */
const ESCAPED = ['%', '$', '.', '\u0000'];

function escapeName(name: string): string {
  if (name === '') return '%';
  return Array.from(name, (each) =>
    ESCAPED.includes(each) ? `%${each.charCodeAt(0).toString(16).padStart(2, '0')}` : each,
  ).join('');
}

function unescapeName(name: string): string {
  if (name === '%') return '';
  return name.replace(/%([0-9a-f]{2})/g, (_, code: string) => String.fromCharCode(Number.parseInt(code, 16)));
}
