// The expectations, read from the hand-written pages beside this file.
import { readFileSync } from 'node:fs';
import { join, resolve } from 'node:path';
import { DIST } from '../support/server.js';

export interface Table {
  /** But the first one. */
  readonly columns: readonly string[];
  readonly rows: readonly (readonly [name: string, ...cells: string[]])[];
}

const cellsOf = (line: string) =>
  line
    .split('|')
    .slice(1, -1)
    .map((cell) => cell.trim());

/** The table of a page that stands below a heading; without one, the first. */
export function tableOf(page: string, heading = '# '): Table {
  const lines = readFileSync(resolve(join(DIST, '..', 'test/visibility', page)), 'utf8').split('\n');
  const below = lines.slice(lines.findIndex((line) => line.startsWith(heading)) + 1);
  const first = below.findIndex((line) => line.startsWith('|'));
  const end = below.findIndex((line, index) => index > first && !line.startsWith('|'));
  const [[, ...columns], , ...rows] = below.slice(first, end < 0 ? undefined : end).map(cellsOf) as [string[], ...string[][]];
  return { columns, rows: rows as unknown as Table['rows'] };
}
