// What the operator of an installation does with contacts: erases a person who has asked for it.
import { operatorCommand, operatorQuery, type OperatorPorts } from '#http/operator.js';
import { idSchema, tenantSlugSchema } from '#kernel/ids.js';
import { z } from 'zod';
import { contact } from './contact.js';
import { heldPlaces } from './held-places.js';
import type { ErasureTold, PersonErasure } from './person-erasure.js';

export const erasePersonSchema = z.strictObject({ tenant: tenantSlugSchema, contactId: idSchema });

/** Answers once nothing of the person can be read in any file. @throws `contact.not-found`, `contact.holds-place` */
export async function erasePerson(
  ports: OperatorPorts,
  erasure: PersonErasure,
  { tenant, contactId }: z.output<typeof erasePersonSchema>,
): Promise<{ tenant: string; contactId: string } & ErasureTold> {
  const places = await heldPlaces(ports.reads, await operatorQuery(ports, tenant), contactId);
  await ports.commands.send(contact, contactId, 'erase', { places }, operatorCommand(ports, tenant));
  return { tenant, contactId, ...(await erasure.carryOut(tenant, contactId)) };
}
