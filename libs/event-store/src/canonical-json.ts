// Canonical JSON (RFC 8785), the form in which events and documents are stored.
import canonicalize from 'canonicalize';

/** Stands for a value that the engine's serializer would write otherwise than RFC 8785, or not refuse. */
const UNFIT = Symbol('unfit');

/**
 * The canonical text of a JSON value; undefined for what is none. Once all keys stand in order, the engine's own serializer
 * writes just that, five times as fast as the library, which keeps the rare rest.
 * @throws Error for numbers and texts that JSON cannot hold.
 */
export function canonicalJson(value: unknown): string | undefined {
  const ordered = inOrder(value);
  return ordered === UNFIT ? canonicalize(value) : JSON.stringify(ordered);
}

/** The value with the keys of all objects in order: itself where they are. */
function inOrder(value: unknown): unknown {
  if (typeof value === 'string') return value.isWellFormed() ? value : UNFIT;
  if (typeof value === 'number') return Number.isFinite(value) ? value : UNFIT;
  if (typeof value === 'boolean' || value === null) return value;
  if (typeof value !== 'object' || 'toJSON' in value) return UNFIT;
  return Array.isArray(value) ? arrayInOrder(value) : objectInOrder(value as Record<string, unknown>);
}

function arrayInOrder(values: readonly unknown[]): unknown {
  const ordered: unknown[] = [];
  for (const value of values) {
    const each = inOrder(value);
    if (each === UNFIT) return UNFIT;
    ordered.push(each);
  }
  return ordered;
}

function objectInOrder(object: Record<string, unknown>): unknown {
  const keys = Object.keys(object);
  const ordered: Record<string, unknown> = {};
  for (const key of isSorted(keys) ? keys : keys.sort()) {
    if (!keepsItsPlace(key)) return UNFIT;
    const value = object[key];
    if (value === undefined) continue;
    const each = inOrder(value);
    if (each === UNFIT) return UNFIT;
    ordered[key] = each;
  }
  return ordered;
}

function isSorted(keys: readonly string[]): boolean {
  for (let i = 1; i < keys.length; i++) if (keys[i]! < keys[i - 1]!) return false;
  return true;
}

/** An object puts keys that look like whole numbers first, whatever the order of writing; and `__proto__` is no key. */
function keepsItsPlace(key: string): boolean {
  const first = key.charCodeAt(0);
  return !(first >= 0x30 && first <= 0x39) && key !== '__proto__' && key.isWellFormed();
}
