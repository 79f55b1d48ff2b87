import { Module } from '@nestjs/common';
import { TenantController } from './tenant.http.js';

@Module({ controllers: [TenantController] })
export class TenantsModule {}
