// What belongs to logging in by providers, for the module of the room: doors, and what stands behind them.
import { Injectable, type OnApplicationShutdown, type Provider, type Type } from '@nestjs/common';
import { EventStore } from '#event-store/event-store.js';
import { Executor } from '#event-store/execute.js';
import { Keyring } from '#event-store/keyring.js';
import { Commands } from '#http/commands.js';
import { Egress } from '#http/egress.js';
import { HttpOptions } from '#http/http-options.js';
import { Clock } from '#kernel/clock.js';
import { RecordStore } from '#records/record-store.js';
import { Outbox } from '#mail/outbox.js';
import { StepUp } from '../factors/step-up.js';
import { OneTimeCodes } from '../one-time-codes.js';
import { People } from '../people.js';
import { Redemptions } from '../redemptions.js';
import { SignIn } from '../sign-in.js';
import { Arrivals } from './arrivals.js';
import { DataDeletionController } from './data-deletion.http.js';
import { DataDeletions } from './data-deletions.js';
import { IdentityController } from './identity.http.js';
import { LinkedIdentities } from './linked-identities.js';
import { LoginJourney } from './login-journey.js';
import { LoginTransactions } from './login-transactions.js';
import { LoginWays } from './login-ways.js';
import { OidcWay } from './oidc-way.js';
import { PassportGuard } from './passport.guard.js';
import { PassportWay } from './passport-way.js';
import { PendingIdentities } from './pending-identities.js';
import { Journeys, PendingIdentityController } from './pending-identity.http.js';
import { LoginWaysController } from './login-ways.http.js';
import { ProviderController } from './provider.http.js';
import { ProviderLoginController } from './provider-login.http.js';
import { ProviderLogin } from './provider-login.js';
import { ProviderRedemptionController } from './provider-redemption.http.js';
import { ProviderRedemption } from './provider-redemption.js';
import { ProviderStepUpController } from './provider-step-up.http.js';
import { ProviderStepUp } from './provider-step-up.js';

interface Options {
  readonly egressNetworks: readonly string[];
  readonly loginWays: LoginWays | null;
}

@Injectable()
class EgressEnd implements OnApplicationShutdown {
  constructor(private readonly egress: Egress) {}

  onApplicationShutdown(): Promise<void> {
    return this.egress.close();
  }
}

export const providerControllers: Type[] = [
  ProviderController,
  LoginWaysController,
  ProviderLoginController,
  IdentityController,
  PendingIdentityController,
  DataDeletionController,
  ProviderRedemptionController,
  ProviderStepUpController,
];

/** The ways of the product; `egress` is how they go to what a vendor names. */
function productWays(egress: Egress, clock: Clock): LoginWays {
  const [openId, passport] = [new OidcWay(egress, clock), new PassportWay(new PassportGuard())];
  return new LoginWays({ oidc: openId, entra: openId, google: passport, facebook: passport });
}

/** What is done once somebody is back from a provider. */
const journeyEnds: Provider[] = [
  {
    provide: ProviderRedemption,
    useFactory: (...parts: ConstructorParameters<typeof ProviderRedemption>) => new ProviderRedemption(...parts),
    inject: [Redemptions, ProviderLogin],
  },
  {
    provide: ProviderStepUp,
    useFactory: (...parts: ConstructorParameters<typeof ProviderStepUp>) => new ProviderStepUp(...parts),
    inject: [LinkedIdentities, StepUp],
  },
  {
    provide: Arrivals,
    useFactory: (...parts: ConstructorParameters<typeof Arrivals>) => new Arrivals(...parts),
    inject: [ProviderLogin, PendingIdentities, ProviderRedemption, ProviderStepUp],
  },
];

export function providerProviders({ egressNetworks, loginWays }: Options): Provider[] {
  return [
    { provide: Egress, useFactory: () => new Egress(egressNetworks) },
    EgressEnd,
    Journeys,
    {
      provide: LoginWays,
      useFactory: (egress: Egress, clock: Clock) => loginWays ?? productWays(egress, clock),
      inject: [Egress, Clock],
    },
    {
      provide: LoginTransactions,
      useFactory: (records: RecordStore) => new LoginTransactions(records),
      inject: [RecordStore],
    },
    {
      provide: LinkedIdentities,
      useFactory: (events: EventStore, keyring: Keyring, people: People) => new LinkedIdentities(events, keyring, people),
      inject: [EventStore, Keyring, People],
    },
    {
      provide: LoginJourney,
      useFactory: (...parts: ConstructorParameters<typeof LoginJourney>) => new LoginJourney(...parts),
      inject: [Executor, LoginTransactions, LoginWays, HttpOptions],
    },
    {
      provide: ProviderLogin,
      useFactory: (...parts: ConstructorParameters<typeof ProviderLogin>) => new ProviderLogin(...parts),
      inject: [Commands, People, LinkedIdentities, SignIn],
    },
    {
      provide: DataDeletions,
      useFactory: (...parts: ConstructorParameters<typeof DataDeletions>) => new DataDeletions(...parts),
      inject: [Commands, Executor, LinkedIdentities, RecordStore],
    },
    {
      provide: PendingIdentities,
      useFactory: (...parts: ConstructorParameters<typeof PendingIdentities>) => new PendingIdentities(...parts),
      inject: [RecordStore, OneTimeCodes, People, Outbox],
    },
    ...journeyEnds,
  ];
}
