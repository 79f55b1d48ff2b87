// What somebody is expected to be able to do after a change: what the columns that are named give together, and more.
import { tableOf } from './tables.js';

const { columns, rows } = tableOf('matrix.md');

/** The names in a cell, by what stands between them. */
const namesIn = (cell: string, between: string) =>
  cell
    .split(between)
    .map((name) => name.trim())
    .filter((name) => name !== '');

/** By the names of all cases. @throws Error for a column or a case that is none */
export function expectedOf(as: string, and: string): Readonly<Record<string, boolean>> {
  const indexes = namesIn(as, '+').map((name) => columns.indexOf(name));
  const beyond = namesIn(and, ';');
  const unknown = beyond.filter((name) => !rows.some(([row]) => row === name));
  if (indexes.includes(-1) || unknown.length > 0) throw new Error(`no column or no case: ${as}, ${unknown.join(', ')}`);
  return Object.fromEntries(
    rows.map(([name, ...cells]) => [name, indexes.some((index) => cells[index] === 'yes') || beyond.includes(name)]),
  );
}
