// Rules of what a user proves himself by beside the first way: an authenticator app, passkeys, and the codes for when
// these are lost. Secrets are records (`FactorSecrets`), in no event; one counts once a fact names its id.
import type { Deciding } from '#kernel/aggregate.js';
import type { EventOf } from '#kernel/events.js';
import { nameSchema } from '#kernel/fields.js';
import { z } from 'zod';
import { factorErrors } from './factors/factor.errors.js';
import { identityErrors } from './identity.errors.js';
import { bySchema, factorIdSchema, factorKindSchema, loginPlace, type FactorKind, type userEvents } from './user.events.js';

export type Factor = { readonly id: string; readonly kind: FactorKind };
type Event = EventOf<typeof userEvents>;
type Context = Pick<Deciding, 'id'>;

interface FactorsState {
  readonly kind: unknown;
  readonly factors: readonly Factor[];
  readonly password: unknown;
  readonly identities: readonly unknown[];
}

const MOST_FACTORS = 20;

export const factorCommands = {
  /** The secret, if there is one, lies under `factorId` already. A new app, or new codes, take the place of those before. */
  addFactor: z.strictObject({ factorId: factorIdSchema, kind: factorKindSchema, name: nameSchema.nullable() }),
  /** With the last app or passkey the codes for its loss go too. */
  removeFactor: z.strictObject({ factorId: factorIdSchema, by: bySchema }),
  renameFactor: z.strictObject({ factorId: factorIdSchema, name: nameSchema.nullable() }),
  /** There may be a copy of it. */
  doubtFactor: z.strictObject({ factorId: factorIdSchema, ...loginPlace }),
  /** Somebody has lost all of them: they go, and with them the sessions of whoever may have found them. */
  resetFactors: z.strictObject({}),
};
type Data<K extends keyof typeof factorCommands> = z.output<(typeof factorCommands)[K]>;

function mustExist({ kind }: FactorsState): void {
  if (kind === null) identityErrors.refuse('user.not-found');
}

const removed = (userId: string, { id: factorId, kind }: Factor, by: z.output<typeof bySchema>): Event => ({
  type: 'FactorRemoved',
  data: { userId, factorId, kind, by },
});

/** Whether with these a user is asked for a second step: codes alone stand in for nothing. */
export function hasSecondStep(factors: readonly { readonly kind: FactorKind }[]): boolean {
  return factors.some(({ kind }) => kind !== 'recovery-codes');
}

/** Whether, without this one, he would not get in any more: a passkey opens a login by itself. */
function isLastWayIn({ password, identities, factors }: FactorsState, { kind }: Factor): boolean {
  const passkeys = factors.filter((each) => each.kind === 'passkey').length;
  return kind === 'passkey' && password === null && identities.length === 0 && passkeys === 1;
}

export const factorRules = {
  addFactor: ({ factorId, kind, name }: Data<'addFactor'>, state: FactorsState, { id }: Context): readonly Event[] => {
    mustExist(state);
    if (state.factors.some((each) => each.id === factorId)) return [];
    const before = kind === 'passkey' ? [] : state.factors.filter((each) => each.kind === kind);
    if (state.factors.length - before.length >= MOST_FACTORS) factorErrors.refuse('factor.too-many');
    if (kind === 'recovery-codes' && !hasSecondStep(state.factors)) factorErrors.refuse('factor.none');
    const added: Event = { type: 'FactorAdded', data: { userId: id, factorId, kind, name } };
    return [...before.map((each) => removed(id, each, 'self')), added];
  },
  removeFactor: ({ factorId, by }: Data<'removeFactor'>, state: FactorsState, { id }: Context): readonly Event[] => {
    mustExist(state);
    const factor = state.factors.find((each) => each.id === factorId) ?? factorErrors.refuse('factor.not-found');
    if (isLastWayIn(state, factor)) factorErrors.refuse('factor.last-way-in');
    const left = state.factors.filter((each) => each !== factor);
    const gone = hasSecondStep(left) ? [factor] : [factor, ...left];
    return gone.map((each) => removed(id, each, by));
  },
  renameFactor: ({ factorId, name }: Data<'renameFactor'>, state: FactorsState, { id }: Context): Event => {
    mustExist(state);
    const { kind } = state.factors.find((each) => each.id === factorId) ?? factorErrors.refuse('factor.not-found');
    return { type: 'FactorRenamed', data: { userId: id, factorId, kind, name } };
  },
  doubtFactor: (command: Data<'doubtFactor'>, state: FactorsState, { id }: Context): Event | [] => {
    const factor = state.factors.find((each) => each.id === command.factorId);
    return factor ? { type: 'FactorDoubted', data: { userId: id, kind: factor.kind, ...command } } : [];
  },
  resetFactors: (_: Data<'resetFactors'>, state: FactorsState, { id }: Context): readonly Event[] => {
    mustExist(state);
    if (state.factors.length === 0) return [];
    const gone = state.factors.map((each) => removed(id, each, 'staff'));
    return [...gone, { type: 'UserSessionsEnded', data: { userId: id, by: 'staff' } }];
  },
};

/** What is left of a person's factors after an event of his stream. */
export const factorSteps = {
  FactorAdded: <S extends FactorsState>(
    state: S,
    { factorId: id, kind }: { readonly factorId: string; readonly kind: FactorKind },
  ): S => ({
    ...state,
    factors: [...state.factors, { id, kind }],
  }),
  FactorRemoved: <S extends FactorsState>(state: S, { factorId }: { readonly factorId: string }): S => ({
    ...state,
    factors: state.factors.filter(({ id }) => id !== factorId),
  }),
};
