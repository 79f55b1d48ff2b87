// The factors of a user with what he calls them and since when he has them, from his own stream.
import { factsFrom } from '#kernel/aggregate.js';
import type { FactorKind } from '../user.events.js';
import { userEvents } from '../user.events.js';

export interface ListedFactor {
  readonly id: string;
  readonly kind: FactorKind;
  readonly name: string | null;
  readonly addedAt: string;
}

export const factorList = factsFrom(userEvents)<readonly ListedFactor[]>({
  name: 'factor-list',
  category: 'user',
  initial: [],
  evolve: {
    FactorAdded: (factors, { factorId: id, kind, name }, { occurredAt: addedAt }) => [...factors, { id, kind, name, addedAt }],
    FactorRenamed: (factors, { factorId, name }) => factors.map((each) => (each.id === factorId ? { ...each, name } : each)),
    FactorRemoved: (factors, { factorId }) => factors.filter(({ id }) => id !== factorId),
    UserRemoved: () => [],
  },
});
