// What belongs to second factors, for the module of the room: doors, and what stands behind them.
import type { Provider, Type } from '@nestjs/common';
import { Keyring } from '#event-store/keyring.js';
import { Commands } from '#http/commands.js';
import { Outbox } from '#mail/outbox.js';
import { RecordStore } from '#records/record-store.js';
import { LoginThrottle } from '../login-throttle.js';
import { FailedLogins } from '../password-login.js';
import { People } from '../people.js';
import { provided } from '../provided.js';
import { Sessions } from '../sessions.js';
import { SignIn } from '../sign-in.js';
import { FactorController, FactorListController, FactorNameController, UserFactorController } from './factor.http.js';
import { FactorLogin } from './factor-login.js';
import { FactorLoginController, StepUpController } from './factor-login.http.js';
import { FactorSecrets } from './factor-secrets.js';
import { Factors } from './factors.js';
import { OwnFactors } from './own-factors.js';
import { PendingLogins } from './pending-logins.js';
import { RecoveryCodes } from './recovery-codes.js';
import { StepUp } from './step-up.js';
import { Totp } from './totp.js';

export const factorControllers: Type[] = [
  FactorLoginController,
  StepUpController,
  FactorController,
  FactorNameController,
  FactorListController,
  UserFactorController,
];

export const factorProviders: Provider[] = [
  provided(PendingLogins, RecordStore),
  provided(FactorSecrets, RecordStore, Keyring),
  provided(Totp, FactorSecrets),
  provided(RecoveryCodes, FactorSecrets),
  provided(FactorLogin, PendingLogins, SignIn),
  provided(StepUp, Sessions, SignIn),
  {
    provide: Factors,
    useFactory: (
      people: People,
      totp: Totp,
      recoveryCodes: RecoveryCodes,
      throttle: LoginThrottle,
      failed: FailedLogins,
      outbox: Outbox,
    ) => new Factors(people, { totp, recoveryCodes }, throttle, { failed, outbox }),
    inject: [People, Totp, RecoveryCodes, LoginThrottle, FailedLogins, Outbox],
  },
  {
    provide: OwnFactors,
    useFactory: (commands: Commands, people: People, totp: Totp, recoveryCodes: RecoveryCodes, secrets: FactorSecrets) =>
      new OwnFactors(commands, people, { totp, recoveryCodes }, secrets),
    inject: [Commands, People, Totp, RecoveryCodes, FactorSecrets],
  },
];
