// What the rules of a license must know of streams that are not its own: its owners, its product and policy,
// and whether a device is blocked everywhere.
import { factsFrom } from '#kernel/aggregate.js';
import { contactEvents } from '#organizations/contact.events.js';
import { organizationEvents } from '#organizations/organization.events.js';
import { deviceBlock } from './device-block.js';
import { policy } from './policy.js';
import { product } from './product.js';

export interface OwningOrganization {
  readonly exists: boolean;
  readonly suspended: boolean;
  readonly archived: boolean;
  /** Ids of its contacts. */
  readonly members: ReadonlySet<string>;
}

export interface OwningContact {
  readonly exists: boolean;
  readonly suspended: boolean;
  readonly archived: boolean;
}

const NOBODY = { exists: false, suspended: false, archived: false };

const organization = factsFrom(organizationEvents)<OwningOrganization>({
  name: 'license-organization',
  category: 'organization',
  initial: { ...NOBODY, members: new Set() },
  evolve: {
    OrganizationAdded: (state) => ({ ...state, exists: true }),
    OrganizationSuspended: (state) => ({ ...state, suspended: true }),
    OrganizationResumed: (state) => ({ ...state, suspended: false }),
    OrganizationArchived: (state) => ({ ...state, archived: true }),
    OrganizationRestored: (state) => ({ ...state, archived: false }),
    MemberAdded: (state, { contactId }) => ({ ...state, members: new Set([...state.members, contactId]) }),
    MemberRemoved: (state, { contactId }) => ({
      ...state,
      members: new Set([...state.members].filter((id) => id !== contactId)),
    }),
  },
});

const contact = factsFrom(contactEvents)<OwningContact>({
  name: 'license-contact',
  category: 'contact',
  initial: NOBODY,
  evolve: {
    ContactAdded: (state) => ({ ...state, exists: true }),
    ContactSuspended: (state) => ({ ...state, suspended: true }),
    ContactResumed: (state) => ({ ...state, suspended: false }),
    ContactArchived: (state) => ({ ...state, archived: true }),
    ContactRestored: (state) => ({ ...state, archived: false }),
  },
});

export const licenseNeeds = { product, policy, organization, contact, deviceBlock };
export type LicenseNeeds = typeof licenseNeeds;
