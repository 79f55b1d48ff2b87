// The API: the installation, the contexts, and what only a server has.
import { Module, type DynamicModule } from '@nestjs/common';
import { EventStore } from '#event-store/event-store.js';
import { Commands } from '#http/commands.js';
import { Reads } from '#http/reads.js';
import type { IdentityOptions } from '#identity/identity.module.js';
import type { Installation } from '#installation/installation.js';
import { InstallationModule } from '#installation/installation.module.js';
import { Setup } from '#installation/setup.js';
import { Clock } from '#kernel/clock.js';
import { OrganizationsModule } from '#organizations/organizations.module.js';
import { RecordStore } from '#records/record-store.js';
import { TenantsModule } from '#tenants/tenants.module.js';
import { AccessModule } from './access.module.js';
import { HealthHttp } from './health.http.js';
import { SetupHttp } from './setup.http.js';

@Module({})
export class AppModule {
  static of(installation: Installation, options: Partial<IdentityOptions> = {}): DynamicModule {
    return {
      module: AppModule,
      imports: [InstallationModule.of(installation), AccessModule.with(options), TenantsModule, OrganizationsModule],
      controllers: [HealthHttp, SetupHttp],
      providers: [
        {
          provide: Setup,
          useFactory: (records: RecordStore, commands: Commands, reads: Reads, log: EventStore, clock: Clock) =>
            new Setup(records, { commands, reads, log, clock }),
          inject: [RecordStore, Commands, Reads, EventStore, Clock],
        },
      ],
    };
  }
}
