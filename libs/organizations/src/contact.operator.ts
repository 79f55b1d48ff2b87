// What the operator of an installation does with contacts: erases a person who has asked for it.
import { operatorCommand, operatorQuery, type OperatorPorts } from '#http/operator.js';
import { commandItem } from '#kernel/command-item.js';
import { idSchema, tenantSlugSchema } from '#kernel/ids.js';
import { z } from 'zod';
import { contact } from './contact.js';
import { heldPlaces } from './held-places.js';
import type { ErasureTold, PersonErasure } from './person-erasure.js';
import { sendStanding } from './standing-commands.js';
import type { StandingNotes } from './standing-notes.js';

export const erasePersonSchema = z.strictObject({ tenant: tenantSlugSchema, contactId: idSchema });

/** Answers once nothing of the person can be read in any file. @throws `contact.not-found`, `contact.holds-place`, `role.last-administrator` */
export async function erasePerson(
  ports: OperatorPorts,
  { erasure, notes }: { readonly erasure: PersonErasure; readonly notes: StandingNotes },
  { tenant, contactId }: z.output<typeof erasePersonSchema>,
): Promise<{ tenant: string; contactId: string } & ErasureTold> {
  const places = await heldPlaces(ports.reads, await operatorQuery(ports, tenant), contactId);
  const item = commandItem(contact, contactId, 'erase', { places });
  await sendStanding(ports.commands, notes, operatorCommand(ports, tenant), item);
  return { tenant, contactId, ...(await erasure.carryOut(tenant, contactId)) };
}
