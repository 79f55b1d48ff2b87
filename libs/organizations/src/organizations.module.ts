import { Module } from '@nestjs/common';
import { ContactController } from './contact.http.js';
import { GroupContentController } from './group-content.http.js';
import { GroupController } from './group.http.js';
import { MembershipController } from './membership.http.js';
import { OrganizationController } from './organization.http.js';
import { PersonErasureController } from './person-erasure.http.js';

@Module({
  controllers: [
    OrganizationController,
    MembershipController,
    ContactController,
    PersonErasureController,
    GroupController,
    GroupContentController,
  ],
})
export class OrganizationsModule {}
