// ALL aggregates, therefore all commands; the command handlers are made from this list.
import { provider } from '#identity/providers/provider.js';
import { invitation } from '#identity/invitation.js';
import { roles } from '#identity/roles.js';
import { token } from '#identity/token.js';
import { user } from '#identity/user.js';
import type { AnyAggregate } from '#kernel/aggregate.js';
import { deviceBlock } from '#licensing/device-block.js';
import { license } from '#licensing/license.js';
import { policy } from '#licensing/policy.js';
import { product } from '#licensing/product.js';
import { contact } from '#organizations/contact.js';
import { group } from '#organizations/group.js';
import { mapping } from '#organizations/mapping.js';
import { organization } from '#organizations/organization.js';
import { tenant } from '#tenants/tenant.js';

export const aggregates: readonly AnyAggregate[] = [
  product,
  policy,
  deviceBlock,
  license,
  tenant,
  organization,
  contact,
  group,
  mapping,
  token,
  provider,
  user,
  roles,
  invitation,
];
