// Who had personal and secret fields shown, and why: noted before anything is shown, and kept.
import { newId } from '#kernel/ids.js';
import type { RecordStore } from '#records/record-store.js';
import { z } from 'zod';

const SPACE = 'disclosures';
const PAGE = 1_000;

export const disclosureSchema = z.strictObject({
  /** The user of the operating system. */
  by: z.string().min(1).max(200),
  /** The command that showed them. */
  what: z.string().min(1).max(500),
  reason: z.string().trim().min(3).max(500),
});

export type Disclosure = z.output<typeof disclosureSchema> & { readonly at: string };

export async function noteDisclosure(
  records: RecordStore,
  disclosure: z.output<typeof disclosureSchema>,
  now: string,
): Promise<Disclosure> {
  const noted = { at: now, ...disclosure };
  await records.put(SPACE, `${now} ${newId()}`, noted, now);
  return noted;
}

/** All of them, oldest first. */
export async function listDisclosures(records: RecordStore, now: string): Promise<readonly Disclosure[]> {
  const all: Disclosure[] = [];
  for (let after: string | undefined; ;) {
    const page = await records.list<Disclosure>(SPACE, now, { after, limit: PAGE });
    all.push(...page.map(({ value }) => value));
    if (page.length < PAGE) return all;
    after = page.at(-1)!.key;
  }
}
