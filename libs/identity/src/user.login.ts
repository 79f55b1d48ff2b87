// Rules of how a user logs in: his password (itself a record, never in an event), and what his security history tells.
import type { Deciding } from '#kernel/aggregate.js';
import type { EventOf } from '#kernel/events.js';
import { idSchema } from '#kernel/ids.js';
import { z } from 'zod';
import { identityErrors } from './identity.errors.js';
import { bySchema, loginPlace, sessionId, wayIn, type userEvents } from './user.events.js';

interface LoginState {
  readonly kind: unknown;
  readonly password: { readonly id: string; readonly mustChange: boolean } | null;
}

type Event = EventOf<typeof userEvents>;
type Context = Pick<Deciding, 'id'>;

function mustExist({ kind }: LoginState): void {
  if (kind === null) identityErrors.refuse('user.not-found');
}

export const loginCommands = {
  /** The password lies under `passwordId` already. */
  setPassword: z.strictObject({ passwordId: idSchema, by: bySchema, mustChange: z.boolean() }),
  removePassword: z.strictObject({ by: bySchema }),
  noteLogin: z.strictObject({ sessionId, factors: z.array(wayIn).max(10), ...loginPlace }),
  noteFailure: z.strictObject({ way: wayIn, attempts: z.int().min(1), ...loginPlace }),
  endSession: z.strictObject({ sessionId, by: bySchema }),
};

type Data<K extends keyof typeof loginCommands> = z.output<(typeof loginCommands)[K]>;

export const loginRules = {
  setPassword: (command: Data<'setPassword'>, state: LoginState, { id }: Context): Event => {
    mustExist(state);
    return { type: 'PasswordSet', data: { userId: id, ...command } };
  },
  removePassword: ({ by }: Data<'removePassword'>, state: LoginState, { id }: Context): Event | [] => {
    mustExist(state);
    return state.password === null ? [] : { type: 'PasswordRemoved', data: { userId: id, by } };
  },
  noteLogin: (command: Data<'noteLogin'>, state: LoginState, { id }: Context): Event => {
    mustExist(state);
    return { type: 'LoggedIn', data: { userId: id, ...command } };
  },
  noteFailure: (command: Data<'noteFailure'>, state: LoginState, { id }: Context): Event => {
    mustExist(state);
    return { type: 'LoginFailed', data: { userId: id, ...command } };
  },
  endSession: ({ sessionId, by }: Data<'endSession'>, state: LoginState, { id }: Context): Event => {
    mustExist(state);
    return { type: 'SessionEnded', data: { userId: id, sessionId, by } };
  },
};
