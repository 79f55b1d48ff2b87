// What belongs to invitations, for the module of the room: doors, and what stands behind them.
import type { FactoryProvider, Type } from '@nestjs/common';
import { Executor } from '#event-store/execute.js';
import { Keyring } from '#event-store/keyring.js';
import { Commands } from '#http/commands.js';
import { Reads } from '#http/reads.js';
import { Outbox } from '#mail/outbox.js';
import { InvitationController } from './invitation.http.js';
import { Inviting } from './inviting.js';

export const invitationControllers: Type[] = [InvitationController];

export const invitationProviders: FactoryProvider[] = [
  {
    provide: Inviting,
    useFactory: (commands: Commands, reads: Reads, executor: Executor, keyring: Keyring, outbox: Outbox) =>
      new Inviting(commands, reads, executor, { keyring, outbox }),
    inject: [Commands, Reads, Executor, Keyring, Outbox],
  },
];
