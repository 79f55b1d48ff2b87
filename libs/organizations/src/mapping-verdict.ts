// What a version of the outside system means for a contact or an organization here: pure, and the heart of the exchange.
import type { Progress, Theirs } from './mapping.events.js';
import type { Thing } from './mapping.facts.js';
import { agree } from './mapping-values.js';
import { compareVersions } from './mapping-version.js';

/** What was agreed on before. */
export interface Agreement {
  /** The newest version that is known of the outside system, whatever became of it; null before the first. */
  readonly version: string | null;
  readonly progress: Progress;
  /** The revision up to which both sides had the same values; −1 before the first. Never before what is confirmed. */
  readonly agreed: number;
}

export type Verdict =
  /** The version is known, or older than what is known. */
  | { readonly is: 'known' }
  /** It has no more than ours had at a revision: told by us, or the same by chance. Those after `from` up to it are known. */
  | { readonly is: 'same'; readonly from: number; readonly revision: number }
  /** Only they changed it. */
  | { readonly is: 'newer'; readonly from: number }
  /** Both changed it. */
  | { readonly is: 'conflict' };

/** Whether all that happened after `from` up to `to` changed values, and nothing else. */
export function onlyValues({ states }: Thing, from: number, to: number): boolean {
  return states.filter(({ revision }) => revision > from && revision <= to).length === to - from;
}

/** An older version never counts, nor does the same one twice: whoever sends everything again changes nothing. */
export function verdictOn(
  { version: known, progress, agreed }: Agreement,
  thing: Thing,
  version: string,
  theirs: Theirs,
): Verdict {
  if (known !== null && compareVersions(version, known) <= 0) return { is: 'known' };
  const base = thing.states.findLastIndex(({ revision }) => revision <= agreed);
  const since = thing.states.slice(Math.max(base, 0));
  const same = since.findLast(({ values }) => agree(values, theirs));
  if (same) {
    const { confirmed } = progress;
    if (same.revision <= agreed) return { is: 'same', from: confirmed, revision: confirmed };
    const from = onlyValues(thing, confirmed, same.revision) ? confirmed : same.revision - 1;
    return { is: 'same', from, revision: same.revision };
  }
  const changedHere = thing.states.some(({ revision }) => revision > agreed);
  return changedHere ? { is: 'conflict' } : { is: 'newer', from: thing.revision };
}
