// Who may come in: the authenticators of all contexts, in the order in which they are asked.
import { Global, Module } from '@nestjs/common';
import { Authenticators } from '#http/authenticator.js';

@Global()
@Module({
  providers: [{ provide: Authenticators, useFactory: () => new Authenticators([]) }],
  exports: [Authenticators],
})
export class AccessModule {}
