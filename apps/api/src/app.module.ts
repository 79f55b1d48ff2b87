// The API: the installation, the contexts, and what only a server has.
import { Module, type DynamicModule } from '@nestjs/common';
import { AuditModule } from '#audit/audit.module.js';
import type { IdentityOptions } from '#identity/identity.module.js';
import { journalEvents } from '#catalogue/journal.js';
import { IntegrationsModule } from '#integrations/integrations.module.js';
import type { Installation } from '#installation/installation.js';
import { InstallationModule } from '#installation/installation.module.js';
import { OperatorModule } from '#installation/operator.module.js';
import { LicensingModule } from '#licensing/licensing.module.js';
import { BackgroundModule } from '#installation/background.module.js';
import { MailModule, type MailOptions } from '#mail/mail.module.js';
import { OrganizationsModule } from '#organizations/organizations.module.js';
import { TenantsModule } from '#tenants/tenants.module.js';
import { AccessModule } from './access.module.js';
import { HealthHttp } from './health.http.js';
import { SetupHttp } from './setup.http.js';

@Module({})
export class AppModule {
  static of(installation: Installation, options: Partial<IdentityOptions> & MailOptions = {}): DynamicModule {
    return {
      module: AppModule,
      imports: [
        InstallationModule.of(installation),
        OperatorModule.of(installation),
        BackgroundModule.of(installation),
        AccessModule.with(options),
        TenantsModule,
        OrganizationsModule,
        LicensingModule,
        MailModule.with(options),
        AuditModule,
        IntegrationsModule.with(journalEvents),
      ],
      controllers: [HealthHttp, SetupHttp],
    };
  }
}
