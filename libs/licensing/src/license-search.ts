// Licenses by their devices. Activations are documents of their own and do not know whose their license is,
// so their licenses are found first and the list asks for those; a search that is too wide is refused, never cut.
import type { Reads } from '#http/reads.js';
import type { RequestContext } from '#http/request-context.js';
import { MAX_PAGE, type Query } from '#read-models/read-store.js';
import { activationKey, activationView, isLive } from './activation.view.js';
import { licenseErrors } from './license.errors.js';
import { licenseView } from './license.view.js';

type Where = Pick<Query, 'all' | 'any'>;

/** How many pages of activations one search looks through. */
const PAGES = 20;

/**
 * The licenses of activations that are `wanted`, at most {@link MAX_PAGE}. Where more activations than a page
 * are, those of the licenses in `scope` alone, if these are no more than a page. @throws `license.search-too-wide`
 */
export async function licensesByDevice(reads: Reads, ctx: RequestContext, wanted: Where, scope: Where): Promise<string[]> {
  const first = await reads.find(activationView, ctx, { ...wanted, limit: MAX_PAGE });
  const found = new Set(first.rows.map(({ doc }) => doc.licenseId));
  if (!first.more) return [...found];
  const licenses = await reads.find(licenseView, ctx, { ...scope, limit: MAX_PAGE });
  const left = licenses.more ? null : new Set(licenses.rows.map(({ key }) => key));
  if (left) found.clear();
  // Each page is asked for without the licenses that were found: one with many such devices costs one page.
  for (let page = 0; page < PAGES; page++) {
    const licenseId = left ? { in: [...left] } : { notIn: [...found] };
    const { rows, more } = await reads.find(activationView, ctx, {
      ...wanted,
      all: { ...wanted.all, licenseId },
      limit: MAX_PAGE,
    });
    for (const { doc } of rows) {
      found.add(doc.licenseId);
      left?.delete(doc.licenseId);
    }
    if (found.size > MAX_PAGE) break;
    if (!more) return [...found];
  }
  return licenseErrors.refuse('license.search-too-wide');
}

/** The licenses in `scope` on which a device holds a seat at `t`; may name some out of it. @throws `license.search-too-wide` */
export async function licensesOnDevice(reads: Reads, ctx: RequestContext, device: string, scope: Where, t: string) {
  const wanted = { all: { fingerprint: { equal: device } } };
  const ids = await licensesByDevice(reads, ctx, wanted, scope);
  const [licenses, activations] = await Promise.all([
    reads.getMany(licenseView, ctx, ids),
    reads.getMany(
      activationView,
      ctx,
      ids.map((id) => activationKey(id, device)),
    ),
  ]);
  const seats = new Map(activations.found.map(({ doc }) => [doc.licenseId, doc]));
  const live = licenses.found.filter(({ key, doc }) => seats.has(key) && isLive(seats.get(key)!, doc, t));
  return live.map(({ key }) => key);
}
