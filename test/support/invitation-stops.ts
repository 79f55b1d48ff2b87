// The stops of the tour at invitations.
import type { Recorder } from './tour.js';

interface Invited {
  readonly organizationId: string;
  /** A member of it without a user. */
  readonly contactId: string;
}

/** @param own the word of the visited organization */
export async function visitInvitations(tour: Recorder, own: string, { organizationId, contactId }: Invited): Promise<void> {
  const asked = { kind: 'single', contactId, organizationId, name: `${own} invitation`, message: `${own} message` };
  const { id } = await tour.call('staff', 'POST /v1/invitations', {}, asked);
  const change = (verb: string, body?: object) => tour.call('staff', `POST /v1/invitations/{id}/${verb}`, { id }, body);
  await change('resend');
  await tour.call('staff', `GET /v1/invitations?q=${own}&organization=${organizationId}&status=open`);
  await tour.call('staff', 'GET /v1/invitations/{id}', { id });
  await change('revoke');
}
