import { Module } from '@nestjs/common';
import { ContactController } from './contact.http.js';
import { MembershipController } from './membership.http.js';
import { OrganizationController } from './organization.http.js';

@Module({ controllers: [OrganizationController, MembershipController, ContactController] })
export class OrganizationsModule {}
