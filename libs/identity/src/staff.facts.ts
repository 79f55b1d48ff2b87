// What the rules of a vendor's roles must know of a person: whether he is one of its people, and can log in.
import { factsFrom, type Given } from '#kernel/aggregate.js';
import { contactEvents } from '#organizations/contact.events.js';
import type { Bar, PersonKind } from './role.events.js';
import { userEvents } from './user.events.js';

/** Whether a user is one of the vendor's people, and in use. */
export const staffUser = factsFrom(userEvents)<{ readonly kind: PersonKind | null; readonly active: boolean }>({
  name: 'staff-user',
  category: 'user',
  initial: { kind: null, active: false },
  evolve: {
    UserCreated: (_, { kind }) => ({ kind, active: true }),
    UserDisabled: (state) => ({ ...state, active: false }),
    UserEnabled: (state) => ({ ...state, active: true }),
    UserRemoved: () => ({ kind: null, active: false }),
  },
});

/** Whether a contact is suspended or put away; either bars his login. */
export const contactStanding = factsFrom(contactEvents)<{ readonly suspended: boolean; readonly archived: boolean }>({
  name: 'contact-standing',
  category: 'contact',
  initial: { suspended: false, archived: false },
  evolve: {
    ContactSuspended: (state) => ({ ...state, suspended: true }),
    ContactResumed: (state) => ({ ...state, suspended: false }),
    ContactArchived: (state) => ({ ...state, archived: true }),
    ContactRestored: (state) => ({ ...state, archived: false }),
  },
});

/** Why a user cannot log in, in the order of the words; none: he can. */
export function barsOf({ user, contact }: Given<{ user: typeof staffUser; contact: typeof contactStanding }>): Bar[] {
  const { suspended, archived } = contact!.state;
  const bars: [Bar, boolean][] = [
    ['archived', archived],
    ['disabled', !user!.state.active],
    ['suspended', suspended],
  ];
  return bars.flatMap(([bar, holds]) => (holds ? [bar] : []));
}
