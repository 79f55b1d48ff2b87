// How the CLI shows answers: a table or lines for people, one JSON value for programs.
import type { Json, JsonObject } from '#kernel/json.js';

/** Rows as a table of the given columns; a sentence where there are none. */
export function table(rows: readonly JsonObject[], columns: readonly string[], empty: string): string {
  if (rows.length === 0) return empty;
  const cells = [columns, ...rows.map((row) => columns.map((column) => cell(row[column] ?? null)))];
  const widths = columns.map((_, i) => Math.max(...cells.map((row) => row[i]!.length)));
  return cells
    .map((row) =>
      row
        .map((text, i) => text.padEnd(widths[i]!))
        .join('  ')
        .trimEnd(),
    )
    .join('\n');
}

/** The members of one thing, a line each. */
export function lines(thing: JsonObject): string {
  const width = Math.max(...Object.keys(thing).map((name) => name.length));
  return Object.entries(thing)
    .map(([name, value]) => `${name.padEnd(width)}  ${cell(value)}`)
    .join('\n');
}

function cell(value: Json): string {
  if (value === null) return '-';
  if (typeof value === 'string') return value;
  if (Array.isArray(value)) return value.map(cell).join(', ') || '-';
  return JSON.stringify(value);
}
