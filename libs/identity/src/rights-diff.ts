// How the rights of a person change when something that they are made of changes.
import type { Right } from '#http/principal.js';

/** Whether a right is held by one of these, be it a wider one. */
function isHeld(right: Right, rights: readonly Right[]): boolean {
  return rights.some(({ permission, scope, organizationId }) => {
    if (permission !== right.permission) return false;
    if (scope === 'tenant') return true;
    if (scope === 'organization') return right.organizationId === organizationId && right.scope !== 'tenant';
    return scope === right.scope && (organizationId === null || organizationId === right.organizationId);
  });
}

export interface RightsDiff {
  readonly gained: readonly Right[];
  readonly lost: readonly Right[];
}

/** What somebody can do afterwards that he cannot before, by which role, and the other way round. A right that he keeps by another way is no loss. */
export function rightsDiff(before: readonly Right[], after: readonly Right[]): RightsDiff {
  return {
    gained: after.filter((right) => !isHeld(right, before)),
    lost: before.filter((right) => !isHeld(right, after)),
  };
}
