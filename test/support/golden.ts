// The golden samples: one stored payload per event type and schema, readable for ever.
import { readdirSync, readFileSync } from 'node:fs';

export interface Golden {
  readonly type: string;
  readonly schema: number;
  /** As stored, before sealing. */
  readonly data: Record<string, unknown>;
}

const FOLDER = new URL('../../../test/golden/events/', import.meta.url);

export function goldenName(type: string, schema: number): string {
  return `${type}.v${schema}.json`;
}

/** The names of the files in `test/golden/events`. */
export const goldenFiles: readonly string[] = readdirSync(FOLDER).sort();

export function goldenOf(file: string): Golden {
  return JSON.parse(readFileSync(new URL(file, FOLDER), 'utf8')) as Golden;
}

/** All samples by the name of their file. */
export const goldens: readonly (readonly [string, Golden])[] = goldenFiles.map((file) => [file, goldenOf(file)]);
