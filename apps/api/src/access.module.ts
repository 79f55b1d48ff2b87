// Who may come in: the authenticators of all contexts, in the order in which they are asked.
import { Module, type DynamicModule } from '@nestjs/common';
import { Authenticators } from '#http/authenticator.js';
import { IdentityModule, type IdentityOptions } from '#identity/identity.module.js';
import { TokenAuthenticator } from '#identity/token-authenticator.js';

@Module({})
export class AccessModule {
  static with(options: Partial<IdentityOptions>): DynamicModule {
    return {
      module: AccessModule,
      global: true,
      imports: [IdentityModule.with(options)],
      providers: [
        {
          provide: Authenticators,
          useFactory: (tokens: TokenAuthenticator) => new Authenticators([tokens]),
          inject: [TokenAuthenticator],
        },
      ],
      exports: [Authenticators],
    };
  }
}
