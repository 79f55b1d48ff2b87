// ALL reactors: what happens because of an event, beyond the log.
import { deviceBlockReactor } from '#licensing/device-block.reactor.js';
import { contactChangeReactor } from '#organizations/contact-change.reactor.js';
import { personErasedReactor } from '#organizations/person-erased.reactor.js';
import type { Reactor } from '#read-models/reactor.js';

export const reactors: readonly Reactor[] = [deviceBlockReactor, contactChangeReactor, personErasedReactor];
