// The API: the installation, the contexts, and what only a server has.
import { Module, type DynamicModule } from '@nestjs/common';
import type { Installation } from '#installation/installation.js';
import { InstallationModule } from '#installation/installation.module.js';
import { AccessModule } from './access.module.js';
import { HealthHttp } from './health.http.js';

@Module({})
export class AppModule {
  static of(installation: Installation): DynamicModule {
    return {
      module: AppModule,
      imports: [InstallationModule.of(installation), AccessModule],
      controllers: [HealthHttp],
    };
  }
}
