// What users have to do with organizations, which are another context's: its facts are asked for here, and what changes
// there together with a login is put together by a workflow.
import type { Executor } from '#event-store/execute.js';
import { factsFrom } from '#kernel/aggregate.js';
import type { CommandItem } from '#kernel/command-item.js';
import { organizationEvents } from '#organizations/organization.events.js';
import type { UserDoc } from './user.view.js';

interface OrganizationOfUsers {
  /** How many users its own people may make; null: as many as they like. */
  readonly allowedUsers: number | null;
  readonly archived: boolean;
  /** Whether it has a primary contact; it keeps one once it has one. */
  readonly primary: boolean;
}

const organizationOfUsers = factsFrom(organizationEvents)<OrganizationOfUsers>({
  name: 'organization-of-users',
  category: 'organization',
  initial: { allowedUsers: null, archived: false, primary: false },
  evolve: {
    AllowedUsersSet: (state, { allowedUsers }) => ({ ...state, allowedUsers }),
    ContactAssigned: (state, { place }) => (place === 'primary' ? { ...state, primary: true } : state),
    OrganizationArchived: (state) => ({ ...state, archived: true }),
    OrganizationRestored: (state) => ({ ...state, archived: false }),
  },
});

/** What the workflow offers. */
export interface PeopleItems {
  /** Makes the contact, and a member of the organization of him. */
  introduce(person: { contactId: string; name: string; email: string; organizationId: string | null }): readonly CommandItem[];
  /** Gives a contact another address. */
  readdress(person: { contactId: string; email: string }): CommandItem;
  /** Gives a contact another name. */
  rename(person: { contactId: string; name: string }): CommandItem;
  /** Takes him out of groups and organizations. */
  dismiss(person: { contactId: string; organizations: readonly string[]; groups: readonly string[] }): readonly CommandItem[];
}

export class UserOrganizations {
  constructor(
    private readonly executor: Pick<Executor, 'stateOf'>,
    private readonly items: PeopleItems,
  ) {}

  readonly introduce: PeopleItems['introduce'] = (person) => this.items.introduce(person);

  readonly readdress: PeopleItems['readdress'] = (person) => this.items.readdress(person);

  readonly rename: PeopleItems['rename'] = (person) => this.items.rename(person);

  /** What is to be known of an organization before it gets another user. */
  stateOf(tenant: string, organizationId: string): Promise<OrganizationOfUsers> {
    return this.executor.stateOf(organizationOfUsers, tenant, organizationId);
  }

  /** What ends with a login: memberships and groups (licensing.md §2.10). Organizations that are put away stay as they are. */
  async dismiss(tenant: string, { id: contactId, access }: UserDoc): Promise<readonly CommandItem[]> {
    const organizations: string[] = [];
    for (const { id } of access.organizations) {
      if (!(await this.stateOf(tenant, id)).archived) organizations.push(id);
    }
    const groups = access.groups.filter(({ organizationId }) => organizations.includes(organizationId)).map(({ id }) => id);
    return this.items.dismiss({ contactId, organizations, groups });
  }
}
