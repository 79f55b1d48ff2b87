// What belongs to invitations, for the module of the room: doors, and what stands behind them.
import type { FactoryProvider, Type } from '@nestjs/common';
import { Executor } from '#event-store/execute.js';
import { Keyring } from '#event-store/keyring.js';
import { Commands } from '#http/commands.js';
import { Reads } from '#http/reads.js';
import { Outbox } from '#mail/outbox.js';
import { RecordStore } from '#records/record-store.js';
import { Afterwards } from './afterwards.js';
import { InvitationController } from './invitation.http.js';
import { Inviting } from './inviting.js';
import { Joining } from './joining.js';
import { MailboxProofs } from './mailbox-proofs.js';
import { OneTimeCodes } from './one-time-codes.js';
import { PasswordChange } from './password-change.js';
import { Passwords } from './passwords.js';
import { People } from './people.js';
import { Redeeming } from './redeeming.js';
import { RedemptionController } from './redemption.http.js';
import { Redemptions } from './redemptions.js';
import { Sessions } from './sessions.js';
import { SignIn } from './sign-in.js';

type LoginTuple = [People, Passwords, PasswordChange, Sessions, SignIn, Afterwards];

export const invitationControllers: Type[] = [RedemptionController, InvitationController];

export const invitationProviders: FactoryProvider[] = [
  {
    provide: Inviting,
    useFactory: (commands: Commands, reads: Reads, executor: Executor, keyring: Keyring, outbox: Outbox) =>
      new Inviting(commands, reads, executor, { keyring, outbox }),
    inject: [Commands, Reads, Executor, Keyring, Outbox],
  },
  {
    provide: Redeeming,
    useFactory: (commands: Commands, executor: Executor, joining: Joining) => new Redeeming(commands, executor, joining),
    inject: [Commands, Executor, Joining],
  },
  {
    provide: MailboxProofs,
    useFactory: (records: RecordStore, codes: OneTimeCodes, people: People, outbox: Outbox) =>
      new MailboxProofs(records, codes, people, outbox),
    inject: [RecordStore, OneTimeCodes, People, Outbox],
  },
  {
    provide: Redemptions,
    useFactory: (redeeming: Redeeming, proofs: MailboxProofs, executor: Executor, ...login: LoginTuple) => {
      const [people, passwords, change, sessions, signIn, afterwards] = login;
      const parts = { people, passwords, change, sessions, signIn, afterwards };
      return new Redemptions(redeeming, proofs, executor, parts);
    },
    inject: [Redeeming, MailboxProofs, Executor, People, Passwords, PasswordChange, Sessions, SignIn, Afterwards],
  },
];
