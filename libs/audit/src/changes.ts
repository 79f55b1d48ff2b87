// What one event changed in a document, told as pointers with the values before and after. Pure.
import { sameJson, type Json, type JsonObject } from '#kernel/json.js';

/** `from` is absent where there was nothing before, `to` where there is nothing any more. */
export interface Change {
  /** JSON pointer (RFC 6901) into the document. */
  readonly pointer: string;
  readonly from?: Json;
  readonly to?: Json;
}

const isObject = (value: Json | undefined): value is JsonObject =>
  typeof value === 'object' && value !== null && !Array.isArray(value);

const below = (pointer: string, member: string): string => `${pointer}/${member.replaceAll('~', '~0').replaceAll('/', '~1')}`;

/** Members are compared one by one, in order of their names; a list that differs is one change. */
export function changesBetween(before: Json | undefined, after: Json | undefined, pointer = ''): readonly Change[] {
  if (isObject(before) && isObject(after)) {
    const members = [...new Set([...Object.keys(before), ...Object.keys(after)])].sort();
    return members.flatMap((member) => changesBetween(before[member], after[member], below(pointer, member)));
  }
  if (sameJson(before, after)) return [];
  return [{ pointer, ...(before !== undefined && { from: before }), ...(after !== undefined && { to: after }) }];
}

const shortly = (value: Json | undefined): string =>
  value === undefined || value === null ? 'nothing' : typeof value === 'object' ? JSON.stringify(value) : String(value);

/** Changes in words: `expires at: 2026-… → 2027-…; used: 0 → 1`. */
export function inWords(changes: readonly Change[]): string {
  return changes.map(({ pointer, from, to }) => `${label(pointer)}: ${shortly(from)} → ${shortly(to)}`).join('; ');
}

function label(pointer: string): string {
  const member = pointer.split('/').at(-1)!.replaceAll('~1', '/').replaceAll('~0', '~');
  return member.replace(/[A-Z]/g, (letter) => ` ${letter.toLowerCase()}`);
}
