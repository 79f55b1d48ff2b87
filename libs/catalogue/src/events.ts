// ALL events of the product. A name that stands twice is refused at load.
import { reservationEvents } from '#event-store/reservation.events.js';
import { providerEvents } from '#identity/providers/provider.events.js';
import { invitationEvents } from '#identity/invitation.events.js';
import { roleEvents } from '#identity/role.events.js';
import { tokenEvents } from '#identity/token.events.js';
import { userEvents } from '#identity/user.events.js';
import { mergeEvents } from '#kernel/events.js';
import { deviceBlockEvents } from '#licensing/device-block.events.js';
import { licenseEvents } from '#licensing/license.events.js';
import { policyEvents } from '#licensing/policy.events.js';
import { productEvents } from '#licensing/product.events.js';
import { contactEvents } from '#organizations/contact.events.js';
import { groupEvents } from '#organizations/group.events.js';
import { mappingEvents } from '#organizations/mapping.events.js';
import { organizationEvents } from '#organizations/organization.events.js';
import { tenantEvents } from '#tenants/tenant.events.js';

export const events = mergeEvents(
  reservationEvents,
  productEvents,
  policyEvents,
  deviceBlockEvents,
  licenseEvents,
  tenantEvents,
  organizationEvents,
  contactEvents,
  groupEvents,
  mappingEvents,
  tokenEvents,
  providerEvents,
  userEvents,
  roleEvents,
  invitationEvents,
);
