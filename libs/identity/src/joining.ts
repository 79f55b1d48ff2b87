// PORT: what a person gets in his organization beside his login: it is for another context to do, in the same append.
import type { CommandItem } from '#kernel/command-item.js';

/** Roles and groups of a member of an organization. */
export interface Joined {
  readonly organizationId: string;
  readonly contactId: string;
  /** The roles that he has there afterwards, all of them. */
  readonly roles: readonly string[];
  /** Those that he has now: refused by `changed` where they are others by then. */
  readonly had: readonly string[];
  /** Throws the refusal that tells the caller to try again. */
  readonly changed: () => never;
  readonly groups: readonly string[];
}

export abstract class Joining {
  /** Sets the roles, and puts him into the groups. */
  abstract join(joined: Joined): readonly CommandItem[];
  /** Sets the roles, and takes him out of the groups. */
  abstract leave(joined: Joined): readonly CommandItem[];
}
