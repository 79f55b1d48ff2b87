// Everything an operator may ask for, by name: what the command line sends, whichever way it goes.
import { reactors } from '#catalogue/reactors.js';
import type { OperatorPorts } from '#http/operator.js';
import {
  createToken,
  listTokens,
  operatorTokenSchema,
  revokeToken,
  tenantTokenSchema,
  tenantTokensSchema,
} from '#identity/token.operator.js';
import type { Json } from '#kernel/json.js';
import { erasePerson, erasePersonSchema } from '#organizations/contact.operator.js';
import { parkedWork, retryWork } from '#read-models/parked-work.js';
import { standingItems } from '#identity/standing-items.js';
import { createTenant, listTenants, newTenantSchema } from '#tenants/tenant.operator.js';
import { z } from 'zod';
import { disclosureSchema, listDisclosures, noteDisclosure } from './disclosures.js';
import { operation, type Operations } from './operations.js';
import type { Installation } from './installation.js';

const nothing = z.strictObject({});
const view = z.strictObject({ view: z.string() });
const build = z.strictObject({ view: z.string(), build: z.int().min(1) });
const parked = z.strictObject({ reactor: z.string(), key: z.string() });
const document = z.strictObject({ view: z.string(), tenant: z.string(), key: z.string() });

/** Answers of the rooms are JSON values already; their types are interfaces, which TypeScript does not take for such. */
const json = async (answer: Promise<unknown>): Promise<Json> => (await answer) as Json;

export function operatorOperations(ports: OperatorPorts, { projection, records, erasures, clock }: Installation): Operations {
  return {
    'tenant.create': operation(newTenantSchema, (input) => json(createTenant(ports, input))),
    'tenant.list': operation(nothing, () => json(listTenants(ports))),
    'token.create': operation(operatorTokenSchema, (input) => json(createToken(ports, input))),
    'token.list': operation(tenantTokensSchema, (input) => json(listTokens(ports, input))),
    'token.revoke': operation(tenantTokenSchema, (input) => json(revokeToken(ports, input))),
    'person.erase': operation(erasePersonSchema, (input) =>
      json(erasePerson(ports, { erasure: erasures, notes: { items: standingItems } }, input)),
    ),
    'views.status': operation(nothing, () => json(projection.ask('status'))),
    'views.rebuild': operation(view, (input) => json(projection.ask('rebuild', input.view))),
    'views.switch': operation(build, (input) => json(projection.ask('switch', input.view, input.build))),
    'views.verify': operation(view, (input) => json(projection.ask('verify', input.view))),
    'views.rollback': operation(view, (input) => json(projection.ask('rollback', input.view))),
    'disclosure.note': operation(disclosureSchema, (input) => json(noteDisclosure(records, input, clock.now()))),
    'disclosure.list': operation(nothing, () => json(listDisclosures(records, clock.now()))),
    'work.parked': operation(nothing, () => json(parkedWork(records, reactors))),
    'work.retry': operation(parked, ({ reactor, key }) => json(retryWork(records, reactor, key, clock.now()))),
    'views.retry': operation(document, ({ view: name, ...key }) => json(projection.ask('retry', name, key))),
  };
}
