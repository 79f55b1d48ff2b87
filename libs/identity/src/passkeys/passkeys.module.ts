// What belongs to passkeys, for the module of the room: doors, and what stands behind them.
import type { Provider, Type } from '@nestjs/common';
import { Commands } from '#http/commands.js';
import { RecordStore } from '#records/record-store.js';
import { FactorSecrets } from '../factors/factor-secrets.js';
import { OwnFactors } from '../factors/own-factors.js';
import { LoginThrottle } from '../login-throttle.js';
import { FailedLogins } from '../password-login.js';
import { People } from '../people.js';
import { provided } from '../provided.js';
import { Challenges } from './challenges.js';
import { PasskeyAdding } from './passkey-adding.js';
import { PasskeyController } from './passkey.http.js';
import { PasskeyFactorController, PasskeyLoginController, PasskeyStepUpController } from './passkey-login.http.js';
import { PasskeyProof } from './passkey-proof.js';
import { Passkeys } from './passkeys.js';

export const passkeyControllers: Type[] = [
  PasskeyLoginController,
  PasskeyFactorController,
  PasskeyStepUpController,
  PasskeyController,
];

export const passkeyProviders: Provider[] = [
  provided(Passkeys, People, FactorSecrets),
  provided(Challenges, RecordStore),
  provided(PasskeyAdding, Passkeys, Challenges, People, OwnFactors),
  {
    provide: PasskeyProof,
    useFactory: (
      passkeys: Passkeys,
      challenges: Challenges,
      throttle: LoginThrottle,
      commands: Commands,
      people: People,
      failed: FailedLogins,
    ) => new PasskeyProof(passkeys, challenges, throttle, { commands, people, failed }),
    inject: [Passkeys, Challenges, LoginThrottle, Commands, People, FailedLogins],
  },
];
