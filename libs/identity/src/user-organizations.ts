// What users have to do with organizations, which are another context's: its facts are asked for here, and what changes
// there together with a login is put together by a workflow.
import type { Executor } from '#event-store/execute.js';
import { factsFrom } from '#kernel/aggregate.js';
import type { CommandItem } from '#kernel/command-item.js';
import { organizationEvents } from '#organizations/organization.events.js';
import type { UserDoc } from './user.view.js';

const organizationOfUsers = factsFrom(organizationEvents)<{ readonly allowedUsers: number | null; readonly archived: boolean }>({
  name: 'organization-of-users',
  category: 'organization',
  initial: { allowedUsers: null, archived: false },
  evolve: {
    AllowedUsersSet: (state, { allowedUsers }) => ({ ...state, allowedUsers }),
    OrganizationArchived: (state) => ({ ...state, archived: true }),
    OrganizationRestored: (state) => ({ ...state, archived: false }),
  },
});

/** What the workflow offers. */
export interface PeopleItems {
  /** Makes the contact, and a member of the organization of him. */
  introduce(person: { contactId: string; name: string; email: string; organizationId: string | null }): readonly CommandItem[];
  /** Takes him out of groups and organizations. */
  dismiss(person: { contactId: string; organizations: readonly string[]; groups: readonly string[] }): readonly CommandItem[];
}

export class UserOrganizations {
  constructor(
    private readonly executor: Pick<Executor, 'stateOf'>,
    private readonly items: PeopleItems,
  ) {}

  readonly introduce: PeopleItems['introduce'] = (person) => this.items.introduce(person);

  /** How many users the people of an organization may make; null: as many as they like. */
  async allowedUsers(tenant: string, organizationId: string): Promise<number | null> {
    return (await this.executor.stateOf(organizationOfUsers, tenant, organizationId)).allowedUsers;
  }

  /** What ends with a login: memberships and groups (licensing.md §2.10). Organizations that are put away stay as they are. */
  async dismiss(tenant: string, { id: contactId, access }: UserDoc): Promise<readonly CommandItem[]> {
    const organizations: string[] = [];
    for (const { id } of access.organizations) {
      if (!(await this.executor.stateOf(organizationOfUsers, tenant, id)).archived) organizations.push(id);
    }
    const groups = access.groups.filter(({ organizationId }) => organizations.includes(organizationId)).map(({ id }) => id);
    return this.items.dismiss({ contactId, organizations, groups });
  }
}
