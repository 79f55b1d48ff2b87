// A license: its rules stand in `license.issue.ts`, `.lifecycle.ts`, `.validity.ts` and `.activation.ts`,
// its state in `license-state.ts`.
import { aggregateOf } from '#kernel/aggregate.js';
import { activationCommands, activationRules } from './license.activation.js';
import { licenseEvents } from './license.events.js';
import { issueCommands, issueRules } from './license.issue.js';
import { lifecycleCommands, lifecycleRules } from './license.lifecycle.js';
import { licenseEvolve, type License } from './license-state.js';
import { validityCommands, validityRules } from './license.validity.js';
import { licenseNeeds } from './owner.facts.js';

const owners = (license: License | null) => ({ organization: license?.facts.organizationId, contact: license?.facts.contactId });

/** Null before it is issued. */
export const license = aggregateOf<License | null>()({
  name: 'license',
  events: licenseEvents,
  initial: null,
  facts: licenseNeeds,
  organization: (state) => state?.facts.organizationId ?? null,
  commands: { ...issueCommands, ...lifecycleCommands, ...validityCommands, ...activationCommands },
  needs: {
    issue: ({ productId, policyId, organizationId, contactId }) => ({
      product: productId,
      policy: policyId,
      organization: organizationId,
      contact: contactId,
    }),
    changeOwner: ({ organizationId, contactId }, state) => ({
      organization: organizationId === undefined ? state?.facts.organizationId : organizationId,
      contact: contactId === undefined ? state?.facts.contactId : contactId,
    }),
    migrate: (_command, state) => ({ policy: state?.facts.policyId }),
    activate: ({ fingerprint }, state) => ({ ...owners(state), deviceBlock: fingerprint }),
    replace: ({ fingerprint }, state) => ({ ...owners(state), deviceBlock: fingerprint }),
    unblockDevice: ({ fingerprint }) => ({ deviceBlock: fingerprint }),
  },
  decide: { ...issueRules, ...lifecycleRules, ...validityRules, ...activationRules },
  evolve: licenseEvolve,
});
