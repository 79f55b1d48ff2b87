// Tokens as Nest sees them: doors, the authenticator for the app to list, and the batches of their last use.
import { Injectable, Module, type DynamicModule, type OnApplicationShutdown, type OnModuleInit } from '@nestjs/common';
import { Reads } from '#http/reads.js';
import { Clock } from '#kernel/clock.js';
import { ReadStore } from '#read-models/read-store.js';
import { Freshness } from '#read-models/wait-for.js';
import { RecordStore } from '#records/record-store.js';
import { AccessLag } from './access-lag.js';
import { invitationControllers, invitationProviders } from './invitation.module.js';
import { MeController } from './me.http.js';
import { RoleController } from './role.http.js';
import { TokenAuthenticator } from './token-authenticator.js';
import type { LoginWays } from './providers/login-ways.js';
import { providerControllers, providerProviders } from './providers/providers.module.js';
import { factorControllers, factorProviders } from './factors/factors.module.js';
import { passkeyControllers, passkeyProviders } from './passkeys/passkeys.module.js';
import { OwnTokensController } from './own-tokens.http.js';
import { ShownTokens } from './token-shown.js';
import { TokenController } from './token.http.js';
import { loginControllers, loginProviders } from './login.module.js';
import { SessionAuthenticator } from './session-authenticator.js';
import type { SessionLives } from './sessions.js';
import { TokenUse } from './token-use.js';
import { UserController } from './user.http.js';

const MINUTE = 60_000;
const HOUR = 60 * MINUTE;

/** Names as in the configuration; milliseconds. Also the injection token of it. */
export class IdentityOptions {
  /** How far the view of rights may be behind before customers are refused. */
  readonly accessLagMax: number = 5_000;
  /** Between two batches of last uses. */
  readonly tokenUseInterval: number = 30_000;
  /** How long sessions last. */
  readonly sessions: SessionLives = {
    staff: { idle: 30 * MINUTE, longest: 12 * HOUR },
    customer: { idle: 12 * HOUR, longest: 14 * 24 * HOUR },
  };

  /** Networks that are not public and that logins may go to all the same. */
  readonly egressNetworks: readonly string[] = [];
  /** Null: those of the product. */
  readonly loginWays: LoginWays | null = null;

  constructor(options: Partial<IdentityOptions> = {}) {
    Object.assign(this, options);
  }
}

/** Writes last uses from time to time, and once more at the end. A batch that failed waits for the next one. */
@Injectable()
class TokenUseBatches implements OnModuleInit, OnApplicationShutdown {
  private timer: NodeJS.Timeout | undefined;

  constructor(
    private readonly use: TokenUse,
    private readonly clock: Clock,
    private readonly options: IdentityOptions,
  ) {}

  onModuleInit(): void {
    this.timer = setInterval(() => void this.use.flush(this.clock.now()).catch(() => undefined), this.options.tokenUseInterval);
    this.timer.unref();
  }

  async onApplicationShutdown(): Promise<void> {
    clearInterval(this.timer);
    await this.use.flush(this.clock.now());
  }
}

@Module({})
export class IdentityModule {
  static with(options: Partial<IdentityOptions> = {}): DynamicModule {
    const made = new IdentityOptions(options);
    return {
      module: IdentityModule,
      controllers: [
        TokenController,
        OwnTokensController,
        MeController,
        UserController,
        RoleController,
        ...invitationControllers,
        ...loginControllers,
        ...factorControllers,
        ...passkeyControllers,
        ...providerControllers,
      ],
      providers: [
        { provide: IdentityOptions, useValue: made },
        { provide: TokenUse, useFactory: (records: RecordStore) => new TokenUse(records), inject: [RecordStore] },
        {
          provide: AccessLag,
          useFactory: (freshness: Freshness, { accessLagMax }: IdentityOptions) => new AccessLag(freshness, accessLagMax),
          inject: [Freshness, IdentityOptions],
        },
        {
          provide: TokenAuthenticator,
          useFactory: (reads: ReadStore, use: TokenUse, lag: AccessLag) => new TokenAuthenticator(reads, use, lag),
          inject: [ReadStore, TokenUse, AccessLag],
        },
        TokenUseBatches,
        {
          provide: ShownTokens,
          useFactory: (reads: Reads, use: TokenUse) => new ShownTokens(reads, use),
          inject: [Reads, TokenUse],
        },
        ...invitationProviders,
        ...loginProviders(made.sessions),
        ...factorProviders,
        ...passkeyProviders,
        ...providerProviders(made),
      ],
      exports: [TokenAuthenticator, SessionAuthenticator, AccessLag],
    };
  }
}
