// The stops of the tour at invitations.
import { enabled } from './provider-stops.js';
import type { Recorder } from './tour.js';
import { until } from './until.js';

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
  await redeem(tour, own, organizationId);
}

/** By a new member, as a visitor who proves his mailbox; then it is taken back. */
async function redeem(tour: Recorder, own: string, organizationId: string): Promise<void> {
  const person = { name: `ivy ${own}`, email: `ivy@${own}.example` };
  const { id: contactId } = await tour.call('staff', 'POST /v1/contacts', {}, person);
  await tour.call('staff', 'POST /v1/organizations/{id}/members', { id: organizationId }, { contactId });
  const asked = { kind: 'single', contactId, organizationId, name: `${own} by hand`, mail: false };
  const { id, code } = await tour.call('staff', 'POST /v1/invitations', {}, asked);
  await tour.call('visitor', 'POST /v1/invitations/look-up', {}, { code });
  // Google is not asked anything before somebody is sent there.
  const provider = await enabled(tour, { kind: 'google', name: 'Google' });
  await tour.call('visitor', 'POST /v1/invitations/redeem-by-provider', {}, { code, provider, returnTo: '/' });
  await tour.call('visitor', 'POST /v1/invitations/prove', {}, { code });
  const mails = async () => (await tour.call('staff', `GET /v1/outbox?contactId=${contactId}`)).data;
  await until(async () => (await mails()).length === 1);
  const { text } = await tour.call('staff', 'GET /v1/outbox/{id}', { id: (await mails())[0].id });
  const [mailboxCode] = /[B-Z2-9]{4}-[B-Z2-9]{4}/.exec(text)!;
  const proven = { code, mailboxCode, password: 'violet tram under rain' };
  await tour.call('visitor', 'POST /v1/invitations/redeem', {}, proven);
  await tour.call('staff', 'POST /v1/invitations/{id}/undo', { id }, { contactId });
}
