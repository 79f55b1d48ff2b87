// The places that a contact holds, for commands that are refused while he holds one.
import type { Reads } from '#http/reads.js';
import type { RequestContext } from '#http/request-context.js';
import { contactView } from './contact.view.js';
import type { Place } from './organization.events.js';

export interface HeldPlace {
  readonly organizationId: string;
  readonly place: Place;
}

/** As of the end of the log, which `ctx` asks for. */
export async function heldPlaces(
  reads: Reads,
  ctx: Pick<RequestContext, 'tenant' | 'minPosition' | 'waitMs' | 'stale'>,
  contactId: string,
): Promise<HeldPlace[]> {
  const { found } = await reads.get(contactView, ctx, contactId);
  return (found?.doc.organizations ?? []).flatMap(({ id: organizationId, place }) => (place ? [{ organizationId, place }] : []));
}
