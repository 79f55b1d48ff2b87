// Names that stand beside ids in answers: joined at query time, so that a rename touches one document.
import type { Reads } from '#http/reads.js';
import type { RequestContext } from '#http/request-context.js';
import { idSchema } from '#kernel/ids.js';
import type { JsonObject } from '#kernel/json.js';
import { MAX_PAGE } from '#read-models/read-store.js';
import type { View } from '#read-models/view.js';
import { z } from 'zod';

/** Something by id and name; the name is null only where the view has not seen it yet. */
export const namedSchema = z.strictObject({ id: idSchema, name: z.string().nullable() });
export type Named = z.output<typeof namedSchema>;

/** The documents of these ids, however many. */
export async function documentsOf<Doc extends JsonObject>(
  reads: Reads,
  view: View<Doc>,
  ctx: RequestContext,
  ids: Iterable<string | null>,
): Promise<ReadonlyMap<string, Doc>> {
  const wanted = [...new Set(ids)].filter((id) => id !== null);
  const documents = new Map<string, Doc>();
  for (let from = 0; from < wanted.length; from += MAX_PAGE) {
    const { found } = await reads.getMany(view, ctx, wanted.slice(from, from + MAX_PAGE));
    for (const { key, doc } of found) documents.set(key, doc);
  }
  return documents;
}

/** An id with its name. */
export function named(id: string, documents: ReadonlyMap<string, { readonly name: string }>): Named;
export function named(id: string | null, documents: ReadonlyMap<string, { readonly name: string }>): Named | null;
export function named(id: string | null, documents: ReadonlyMap<string, { readonly name: string }>): Named | null {
  return id === null ? null : { id, name: documents.get(id)?.name ?? null };
}
