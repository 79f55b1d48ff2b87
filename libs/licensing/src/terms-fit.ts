// Terms that are fine each and mean nothing together. Only what no license could make sense of is refused: a
// license may have limits and dates of its own, so grace without a duration, or no seats at all, can be wanted.
import type { ErrorPointer } from '#kernel/errors.js';
import type { Terms } from './terms.js';

type Deactivations = Terms['deactivations'];

/** What contradicts itself in a budget of deactivations that stands at `pointer`. */
export function deactivationsMisfit({ allowed, window }: Deactivations, pointer: string): ErrorPointer[] {
  if (!window) return [];
  const at = `${pointer}/window/allowed`;
  if (window.allowed === 0 && allowed !== 0)
    return [{ pointer: at, detail: 'a window that allows none leaves nothing of `allowed`; set `allowed` to 0 to allow none' }];
  if (allowed >= 0 && window.allowed > allowed)
    return [{ pointer: at, detail: 'must not be more than `allowed`, which holds over the whole life of the license' }];
  return [];
}

/** What contradicts itself in terms that stand at `pointer`; empty where they fit together. */
export function termsMisfit(terms: Terms, pointer: string): ErrorPointer[] {
  const { starts, duration, maintenance, grace, activateInGrace, deactivations } = terms;
  const found = deactivationsMisfit(deactivations, `${pointer}/deactivations`);
  if (activateInGrace && grace === null)
    found.push({ pointer: `${pointer}/activateInGrace`, detail: 'there is no `grace` in which a device could be activated' });
  if (starts === 'first-activation' && duration === null && maintenance === null)
    found.push({ pointer: `${pointer}/starts`, detail: 'there is no `duration` and no `maintenance` that could start' });
  return found;
}
