// What belongs to logging in, for the module of the room: doors, and what stands behind them.
import { Injectable, type BeforeApplicationShutdown, type Provider, type Type } from '@nestjs/common';
import { EventStore } from '#event-store/event-store.js';
import { Executor } from '#event-store/execute.js';
import { Keyring } from '#event-store/keyring.js';
import { Commands } from '#http/commands.js';
import { Reads } from '#http/reads.js';
import { ReadStore } from '#read-models/read-store.js';
import { RecordStore } from '#records/record-store.js';
import { Log } from '#http/log.js';
import { Outbox } from '#mail/outbox.js';
import { AccessLag } from './access-lag.js';
import { LoginController } from './login.http.js';
import { Afterwards } from './afterwards.js';
import { OneTimeCodes } from './one-time-codes.js';
import { OwnEmail } from './own-email.js';
import { OwnEmailController } from './own-email.http.js';
import { OwnExport } from './own-export.js';
import { OwnExportController } from './own-export.http.js';
import { OwnThingsReads } from './own-things.js';
import { OwnProfileController } from './own-profile.http.js';
import { PasswordReset } from './password-reset.js';
import { PasswordResetController } from './password-reset.http.js';
import { OwnPasswordController, UserPasswordController } from './password.http.js';
import { PasswordChange } from './password-change.js';
import { LoginThrottle } from './login-throttle.js';
import { FailedLogins, PasswordLogin } from './password-login.js';
import { Passwords } from './passwords.js';
import { People } from './people.js';
import { provided } from './provided.js';
import { PendingLogins } from './factors/pending-logins.js';
import { SecurityController } from './security.http.js';
import { SessionAuthenticator } from './session-authenticator.js';
import { SessionController, UserSessionController } from './session.http.js';
import { Sessions, type SessionLives } from './sessions.js';
import { SignIn } from './sign-in.js';
import { UserOrganizations } from './user-organizations.js';

/** Nothing that was begun for an answer is cut off by a stop. */
@Injectable()
class AfterwardsEnd implements BeforeApplicationShutdown {
  constructor(private readonly afterwards: Afterwards) {}

  beforeApplicationShutdown(): Promise<void> {
    return this.afterwards.drained();
  }
}

export const loginControllers: Type[] = [
  PasswordResetController,
  LoginController,
  OwnEmailController,
  OwnExportController,
  OwnPasswordController,
  OwnProfileController,
  UserPasswordController,
  SessionController,
  SecurityController,
  UserSessionController,
];

/** @param lives how long sessions last */
export function loginProviders(lives: SessionLives): Provider[] {
  return [
    provided(People, EventStore, Keyring, Executor),
    provided(Passwords, RecordStore),
    {
      provide: Sessions,
      useFactory: (records: RecordStore, keyring: Keyring) => new Sessions(records, keyring, lives),
      inject: [RecordStore, Keyring],
    },
    provided(SessionAuthenticator, Sessions, ReadStore, AccessLag),
    provided(SignIn, Commands, Reads, Sessions, PendingLogins),
    provided(LoginThrottle, RecordStore),
    provided(FailedLogins, Commands, People, Outbox, Afterwards),
    provided(PasswordLogin, People, Passwords, LoginThrottle, FailedLogins),
    provided(PasswordChange, Commands, People, Passwords, Sessions),
    provided(OneTimeCodes, RecordStore),
    {
      provide: OwnEmail,
      useFactory: (commands: Commands, organizations: UserOrganizations, ...parts: OwnEmailTuple) => {
        const [people, codes, outbox, sessions, records, afterwards] = parts;
        return new OwnEmail(commands, organizations, { people, codes, outbox, sessions, records, afterwards });
      },
      inject: [Commands, UserOrganizations, People, OneTimeCodes, Outbox, Sessions, RecordStore, Afterwards],
    },
    {
      provide: OwnExport,
      useFactory: (reads: Reads, ...parts: OwnExportTuple) => {
        const [executor, sessions, records, things] = parts;
        return new OwnExport(reads, { executor, sessions, records, things });
      },
      inject: [Reads, Executor, Sessions, RecordStore, OwnThingsReads],
    },
    provided(PasswordReset, People, OneTimeCodes, Outbox, PasswordChange),
    {
      provide: Afterwards,
      useFactory: ({ pino }: Log) => new Afterwards((err) => pino.error({ err }, 'what was to follow an answer failed')),
      inject: [Log],
    },
    AfterwardsEnd,
  ];
}

type OwnExportTuple = [Executor, Sessions, RecordStore, OwnThingsReads];
type OwnEmailTuple = [People, OneTimeCodes, Outbox, Sessions, RecordStore, Afterwards];
