import { Module } from '@nestjs/common';
import { EventStore } from '#event-store/event-store.js';
import { Executor } from '#event-store/execute.js';
import { Keyring } from '#event-store/keyring.js';
import { Commands } from '#http/commands.js';
import { ContactController } from './contact.http.js';
import { GroupContentController } from './group-content.http.js';
import { GroupController } from './group.http.js';
import { MappingController } from './mapping.http.js';
import { MappingExchange } from './mapping-exchange.js';
import { MappingExchangeController } from './mapping-exchange.http.js';
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
    MappingExchangeController,
    MappingController,
  ],
  providers: [
    {
      provide: MappingExchange,
      useFactory: (commands: Commands, executor: Executor, events: EventStore, keyring: Keyring) =>
        new MappingExchange(commands, executor, events, keyring),
      inject: [Commands, Executor, EventStore, Keyring],
    },
  ],
})
export class OrganizationsModule {}
