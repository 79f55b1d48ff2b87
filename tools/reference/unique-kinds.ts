// Which unique values an event takes and gives back: asked of its golden sample, for only data can tell.
import { readFileSync } from 'node:fs';
import { events } from '#catalogue/events.js';

const SAMPLES = new URL('../../../test/golden/events/', import.meta.url);

export function uniqueKinds(type: string): { readonly claims: readonly string[]; readonly releases: readonly string[] } {
  const definition = events[type]!;
  if (!definition.claims && !definition.releases) return { claims: [], releases: [] };
  const { data } = JSON.parse(readFileSync(new URL(`${type}.v${definition.schema}.json`, SAMPLES), 'utf8')) as { data: never };
  const kinds = (values: readonly { readonly kind: string }[] = []) => [...new Set(values.map(({ kind }) => kind))];
  return { claims: kinds(definition.claims?.(data)), releases: kinds(definition.releases?.(data)) };
}
