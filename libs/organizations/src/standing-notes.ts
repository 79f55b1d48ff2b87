// PORT: who else must be told, in the same append, that a person may log in no longer, or may again. The roles of the
// vendor are another context's, and they refuse where the last administrator would be gone.
import type { CommandItem } from '#kernel/command-item.js';

export abstract class StandingNotes {
  abstract items(tenant: string, contactId: string): readonly CommandItem[];
}
