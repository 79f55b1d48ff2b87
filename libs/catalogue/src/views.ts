// ALL views: what can be read.
import { providerView } from '#identity/providers/provider.view.js';
import { accessRulesView } from '#identity/access-rules.view.js';
import { accessView } from '#identity/access.view.js';
import { invitationView } from '#identity/invitation.view.js';
import { userView } from '#identity/user.view.js';
import { tokenAccessView, tokenView } from '#identity/token.view.js';
import { blockedDeviceView } from '#licensing/blocked-device.view.js';
import { deviceBlockView } from '#licensing/device-block.view.js';
import { activationView } from '#licensing/activation.view.js';
import { holdingView } from '#licensing/holding.view.js';
import { licenseView } from '#licensing/license.view.js';
import { linkageView } from '#licensing/linkage.view.js';
import { ownerView } from '#licensing/owner.view.js';
import { policyVersionView, policyView } from '#licensing/policy.view.js';
import { productView } from '#licensing/product.view.js';
import { affiliationView } from '#organizations/affiliation.view.js';
import { companyView } from '#organizations/company.view.js';
import { contactView } from '#organizations/contact.view.js';
import { formationView } from '#organizations/formation.view.js';
import { groupView } from '#organizations/group.view.js';
import { linkedLicenseView } from '#organizations/linked-license.view.js';
import { mappingSystemView } from '#organizations/mapping-system.view.js';
import { mappingView } from '#organizations/mapping.view.js';
import { membershipView } from '#organizations/membership.view.js';
import { organizationView } from '#organizations/organization.view.js';
import type { AnyView } from '#read-models/view.js';
import { tenantDirectoryView, tenantView } from '#tenants/tenant.view.js';
import { instantsView } from './instants.js';
import { journalView } from './journal.js';

export const views: readonly AnyView[] = [
  productView,
  policyView,
  policyVersionView,
  deviceBlockView,
  blockedDeviceView,
  licenseView,
  activationView,
  ownerView,
  holdingView,
  linkageView,
  tenantView,
  tenantDirectoryView,
  organizationView,
  companyView,
  membershipView,
  affiliationView,
  contactView,
  groupView,
  formationView,
  linkedLicenseView,
  mappingView,
  mappingSystemView,
  tokenView,
  tokenAccessView,
  providerView,
  accessView,
  accessRulesView,
  invitationView,
  userView,
  journalView,
  instantsView,
];
