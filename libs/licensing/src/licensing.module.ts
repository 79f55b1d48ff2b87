import { Module } from '@nestjs/common';
import { ActivationController, DeviceLookupController } from './activation.http.js';
import { DeviceBlockController } from './device-block.http.js';
import { DeviceController } from './device-api.http.js';
import { ExplainController } from './explain.http.js';
import { LicenseCommandsController } from './license-commands.http.js';
import { LicenseController } from './license.http.js';
import { PolicyController } from './policy.http.js';
import { PolicyMigrationController } from './policy-migration.http.js';
import { ProductController } from './product.http.js';
import { VerdictController } from './verdict.http.js';

/** Doors of the context; what they need comes from the app's global modules. */
@Module({
  controllers: [
    ProductController,
    PolicyController,
    PolicyMigrationController,
    LicenseController,
    LicenseCommandsController,
    ActivationController,
    DeviceLookupController,
    VerdictController,
    ExplainController,
    DeviceBlockController,
    DeviceController,
  ],
})
export class LicensingModule {}
