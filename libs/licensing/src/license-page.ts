// The texts of a page of licenses: what the view keeps of each, with the names and standings that are joined to it.
import type { Reads } from '#http/reads.js';
import type { RequestContext } from '#http/request-context.js';
import { utf8Text } from '#kernel/text.js';
import type { ShownRow } from '#read-models/read-store.js';
import { licenseItem, type Joined } from './license-answers.js';
import { joinedTo } from './license-reads.js';
import { ShownLicense, type ShownNames } from './license-shown.js';
import { licenseView, type LicenseDoc } from './license.view.js';

/** JSON of each license of a page as it is at `t`, by its key; a character for each of its bytes. */
export async function licenseTexts(
  reads: Reads,
  ctx: RequestContext,
  rows: readonly ShownRow[],
  t: string,
): Promise<ReadonlyMap<string, string>> {
  const shown = new Map<string, ShownLicense>();
  const unshown: string[] = [];
  for (const row of rows) {
    if (row.shown === '') unshown.push(row.key);
    else shown.set(row.key, new ShownLicense(row.shown));
  }
  const docs = unshown.length > 0 ? (await reads.getMany(licenseView, ctx, unshown)).found.map(({ doc }) => doc) : [];
  const joined = await joinedTo(reads, ctx, [...shown.values(), ...docs.map(({ facts }) => facts)]);
  const names = namesOf(joined);
  const texts = new Map<string, string>();
  for (const [key, license] of shown) texts.set(key, license.text(names, t));
  for (const doc of docs) texts.set(doc.id, itemText(doc, joined, t));
  return texts;
}

function itemText(doc: LicenseDoc, joined: Joined, t: string): string {
  return utf8Text(JSON.stringify(licenseItem(doc, joined, t)));
}

/** Each name is written once for a page. */
function namesOf({ products, owners }: Joined): ShownNames {
  const written = new Map<string, string>();
  const text = (id: string, name: string | undefined) => {
    const known = written.get(id) ?? utf8Text(JSON.stringify(name ?? null));
    written.set(id, known);
    return known;
  };
  return {
    product: (id) => text(id, products.get(id)),
    owner: (id) => text(id, owners.get(id)?.name),
    isSuspended: (id) => owners.get(id)?.suspended === true,
  };
}
