// Who may come in: the authenticators of all contexts, in the order in which they are asked.
import { Module, type DynamicModule } from '@nestjs/common';
import { EventStore } from '#event-store/event-store.js';
import { Executor } from '#event-store/execute.js';
import { Keyring } from '#event-store/keyring.js';
import { Authenticators, type Authenticator } from '#http/authenticator.js';
import { IdentityModule, type IdentityOptions } from '#identity/identity.module.js';
import { SessionAuthenticator } from '#identity/session-authenticator.js';
import { TokenAuthenticator } from '#identity/token-authenticator.js';
import { LicenseKeyAuthenticator } from '#licensing/license-key-authenticator.js';
import { ReadStore } from '#read-models/read-store.js';

@Module({})
export class AccessModule {
  static with(options: Partial<IdentityOptions>): DynamicModule {
    return {
      module: AccessModule,
      global: true,
      imports: [IdentityModule.with(options)],
      providers: [
        {
          provide: LicenseKeyAuthenticator,
          useFactory: (...ports: ConstructorParameters<typeof LicenseKeyAuthenticator>) => new LicenseKeyAuthenticator(...ports),
          inject: [ReadStore, EventStore, Executor, Keyring],
        },
        {
          provide: Authenticators,
          useFactory: (...list: Authenticator[]) => new Authenticators(list),
          inject: [TokenAuthenticator, SessionAuthenticator, LicenseKeyAuthenticator],
        },
      ],
      exports: [Authenticators],
    };
  }
}
