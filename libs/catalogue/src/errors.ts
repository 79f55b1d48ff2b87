// ALL refusals, with their codes. A code that stands twice is refused at load.
import { auditErrors } from '#audit/audit.errors.js';
import { commandErrors } from '#event-store/command-errors.js';
import { storeErrors } from '#event-store/event-store.js';
import { identityErrors } from '#identity/identity.errors.js';
import { invitationErrors } from '#identity/invitation.errors.js';
import { factorErrors } from '#identity/factors/factor.errors.js';
import { passkeyErrors } from '#identity/passkeys/passkey.errors.js';
import { loginErrors } from '#identity/login.errors.js';
import { providerErrors } from '#identity/providers/provider.errors.js';
import { integrationsErrors } from '#integrations/integrations.errors.js';
import { mergeUnique, type ErrorDefinition, type ErrorTable } from '#kernel/errors.js';
import { deviceBlockErrors } from '#licensing/device-block.errors.js';
import { licenseErrors } from '#licensing/license.errors.js';
import { mailErrors } from '#mail/mail.errors.js';
import { policyErrors } from '#licensing/policy.errors.js';
import { productErrors } from '#licensing/product.errors.js';
import { mappingErrors } from '#organizations/mapping.errors.js';
import { organizationsErrors } from '#organizations/organizations.errors.js';
import { readErrors } from '#read-models/read-store.js';
import { tenantsErrors } from '#tenants/tenants.errors.js';

export const errors: ErrorTable = mergeUnique<ErrorDefinition>(
  'error',
  storeErrors.table,
  commandErrors.table,
  readErrors.table,
  productErrors.table,
  policyErrors.table,
  deviceBlockErrors.table,
  licenseErrors.table,
  tenantsErrors.table,
  organizationsErrors.table,
  mappingErrors.table,
  identityErrors.table,
  loginErrors.table,
  factorErrors.table,
  passkeyErrors.table,
  providerErrors.table,
  invitationErrors.table,
  auditErrors.table,
  integrationsErrors.table,
  mailErrors.table,
);
