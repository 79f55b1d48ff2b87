// Compares two builds of a view, byte by byte.
import type { JsonObject } from '#kernel/json.js';
import type { DocumentKey, Loaded, ReadStore } from './read-store.js';

type Scanned = Loaded & { readonly text: string };

const PAGE = 1000;

export interface Difference extends DocumentKey {
  readonly what: 'missing' | 'superfluous' | 'different';
  /** Of documents that are different: the members that are, never their values; `position` where they were changed last. */
  readonly members?: readonly string[];
}

export interface Comparison {
  readonly documents: number;
  /** The first hundred. */
  readonly differences: readonly Difference[];
}

/** All documents of a build, page by page. */
export async function* documentsOf(reads: ReadStore, name: string, number: number): AsyncGenerator<Scanned> {
  for (let after: DocumentKey | null = null; ;) {
    const page: readonly Scanned[] = await reads.scan(name, number, after, PAGE);
    yield* page;
    if (page.length < PAGE) return;
    after = page.at(-1)!;
  }
}

/** Compares a build with one that is right by definition; both stand at the same position. */
export async function compareBuilds(reads: ReadStore, name: string, number: number, right: number): Promise<Comparison> {
  const differences: Difference[] = [];
  const note = ({ tenant, key }: DocumentKey, what: Difference['what'], members?: readonly string[]) => {
    if (differences.length < 100) differences.push({ tenant, key, what, ...(members && { members }) });
  };
  const given = documentsOf(reads, name, number);
  const wanted = documentsOf(reads, name, right);
  let [a, b] = [(await given.next()).value as Scanned | undefined, (await wanted.next()).value as Scanned | undefined];
  let documents = 0;
  while (a ?? b) {
    const order = compareKeys(a, b);
    if (order < 0) note(a!, 'superfluous');
    else if (order > 0) note(b!, 'missing');
    else if (a!.text !== b!.text || a!.position !== b!.position) note(a!, 'different', unlike(a!, b!));
    if (order <= 0) {
      documents++;
      a = (await given.next()).value as Scanned | undefined;
    }
    if (order >= 0) b = (await wanted.next()).value as Scanned | undefined;
  }
  return { documents, differences };
}

/** In the order of a scan; what has ended comes last. */
function compareKeys(a: DocumentKey | undefined, b: DocumentKey | undefined): number {
  if (!a || !b) return a ? -1 : 1;
  return Buffer.compare(Buffer.from(a.tenant), Buffer.from(b.tenant)) || Buffer.compare(Buffer.from(a.key), Buffer.from(b.key));
}

function unlike(a: Scanned, b: Scanned): readonly string[] {
  const [given, wanted] = [JSON.parse(a.text) as JsonObject, JSON.parse(b.text) as JsonObject];
  const of = (doc: JsonObject, member: string) => JSON.stringify(doc[member]);
  const members = [...new Set([...Object.keys(given), ...Object.keys(wanted)])].filter(
    (member) => of(given, member) !== of(wanted, member),
  );
  return a.position === b.position ? members : [...members, 'position'];
}
