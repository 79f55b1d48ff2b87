import { describe, expect, it } from '@jest/globals';
import { given, TEST_ID } from '#kernel/testing/given.js';
import { MOST_GROUP_LICENSES, MOST_GROUP_MEMBERS } from './group.events.js';
import { group } from './group.js';

const GLOBEX = '01j00000000000000000000011';
const INITECH = '01j00000000000000000000012';
const ADA = '01j00000000000000000000021';
const BOB = '01j00000000000000000000022';
const STUDIO = '01j00000000000000000000031';

const id = { groupId: TEST_ID, organizationId: GLOBEX };
const created = { type: 'GroupCreated', data: { ...id, name: 'Design' } } as const;
const member = (contactId: string) => ({ type: 'GroupMemberAdded', data: { ...id, contactId } }) as const;
const linked = (licenseId: string) => ({ type: 'LicenseLinked', data: { ...id, licenseId } }) as const;
const deleted = {
  type: 'GroupDeleted',
  data: { ...id, name: 'Design', members: [] as string[], licenses: [] as string[] },
} as const;

const added = {
  type: 'OrganizationAdded',
  data: { organizationId: GLOBEX, name: 'Globex', accountNumber: null, company: null, domains: [] },
};
const joined = (contactId: string) => ({ type: 'MemberAdded', data: { organizationId: GLOBEX, contactId } });
const left = (contactId: string) => ({ type: 'MemberRemoved', data: { organizationId: GLOBEX, contactId } });
const organization = [added, joined(ADA)];
const archivedOrganization = [...organization, { type: 'OrganizationArchived', data: { organizationId: GLOBEX, reason: null } }];
const contact = [{ type: 'ContactAdded', data: { contactId: ADA, name: 'Ada', email: 'ada@globex.example' } }];
const license = (organizationId: string | null) => [{ type: 'LicenseIssued', data: { licenseId: STUDIO, organizationId } }];
const many = (count: number) => Array.from({ length: count }, (_, i) => `01j0000000000000000001${String(i).padStart(4, '0')}`);

describe('a group', () => {
  it('is formed in an organization that is in use', () => {
    const asked = { organizationId: GLOBEX, name: 'Design' };
    given(group).withFacts({ organization }).when('create', asked).then(created);
    given(group).when('create', asked).thenRefused('organization.not-found');
    given(group).withFacts({ organization: archivedOrganization }).when('create', asked).thenRefused('organization.archived');
    given(group, created).withFacts({ organization }).when('create', asked).thenRefused('group.exists');
    given(group, created, deleted).withFacts({ organization }).when('create', asked).thenRefused('group.exists');
  });

  it('is renamed', () => {
    const renamed = { type: 'GroupRenamed', data: { ...id, name: 'Draft', previous: 'Design' } } as const;
    given(group, created).withFacts({ organization }).when('rename', { name: 'Draft' }).then(renamed);
    given(group, created).withFacts({ organization }).when('rename', { name: 'Design' }).thenNothing();
  });

  it('claims its name within its organization alone, whatever its case, and gives it back', () => {
    const { GroupCreated, GroupRenamed, GroupDeleted } = group.events;
    const claim = GroupCreated.claims!({ ...created.data, name: 'DESIGN' });
    expect(claim).toEqual(GroupCreated.claims!(created.data));
    expect(claim).not.toEqual(GroupCreated.claims!({ ...created.data, organizationId: INITECH }));
    expect(GroupRenamed.releases!({ ...id, name: 'Draft', previous: 'Design' })).toEqual(claim);
    expect(GroupDeleted.releases!(deleted.data)).toEqual(claim);
  });

  it('takes nothing once it is deleted, and nothing before it is there', () => {
    for (const history of [[], [created, deleted]]) {
      const refused = (command: keyof typeof group.commands, data: object) =>
        given(group, ...history)
          .withFacts({ organization, contact, license: license(GLOBEX) })
          .when(command, data)
          .thenRefused('group.not-found');
      refused('rename', { name: 'Draft' });
      for (const command of ['addMember', 'removeMember'] as const) refused(command, { contactId: ADA });
      for (const command of ['linkLicense', 'unlinkLicense'] as const) refused(command, { licenseId: STUDIO });
      refused('delete', { cascade: true });
    }
  });

  it('takes nothing while its organization is archived', () => {
    const refused = (command: keyof typeof group.commands, data: object) =>
      given(group, created)
        .withFacts({ organization: archivedOrganization, contact, license: license(GLOBEX) })
        .when(command, data)
        .thenRefused('organization.archived');
    refused('rename', { name: 'Draft' });
    for (const command of ['addMember', 'removeMember'] as const) refused(command, { contactId: ADA });
    for (const command of ['linkLicense', 'unlinkLicense'] as const) refused(command, { licenseId: STUDIO });
    refused('delete', {});
  });
});

describe('the members of a group', () => {
  it('are members of its organization', () => {
    given(group, created).withFacts({ organization, contact }).when('addMember', { contactId: ADA }).then(member(ADA));
    given(group, created, member(ADA)).withFacts({ organization, contact }).when('addMember', { contactId: ADA }).thenNothing();
    const refused = (who: string, facts: Parameters<ReturnType<typeof given>['withFacts']>[0], code: string) =>
      given(group, created).withFacts(facts).when('addMember', { contactId: who }).thenRefused(code);
    refused(BOB, { organization, contact }, 'group.not-of-organization');
    refused(BOB, { organization }, 'group.not-of-organization'); // as for one who does not exist
    refused(ADA, { organization: [...organization, left(ADA)], contact }, 'group.not-of-organization');
    const archived = [...contact, { type: 'ContactArchived', data: { contactId: ADA, reason: null } }];
    refused(ADA, { organization, contact: archived }, 'contact.archived');
    refused(ADA, { organization }, 'contact.unknown');
  });

  it('are taken out, also one who has left the organization', () => {
    const removed = { type: 'GroupMemberRemoved', data: { ...id, contactId: ADA } } as const;
    const remove = (...events: ReturnType<typeof member>[]) =>
      given(group, created, ...events)
        .withFacts({ organization: [added] })
        .when('removeMember', { contactId: ADA });
    remove(member(ADA)).then(removed);
    remove().thenNothing();
  });

  it('are bounded', () => {
    given(group, created, ...many(MOST_GROUP_MEMBERS).map(member))
      .withFacts({ organization, contact })
      .when('addMember', { contactId: ADA })
      .thenRefused('group.too-many-members');
  });
});

describe('the licenses of a group', () => {
  const link = { licenseId: STUDIO };

  it('belong to its organization', () => {
    given(group, created)
      .withFacts({ organization, license: license(GLOBEX) })
      .when('linkLicense', link)
      .then(linked(STUDIO));
    for (const its of [[], license(INITECH), license(null)]) {
      given(group, created)
        .withFacts({ organization, license: its })
        .when('linkLicense', link)
        .thenRefused('group.license-unknown');
    }
    const moved = { type: 'LicenseOwnerChanged', data: { organizationId: INITECH } };
    given(group, created)
      .withFacts({ organization, license: [...license(GLOBEX), moved] })
      .when('linkLicense', link)
      .thenRefused('group.license-unknown');
  });

  it('are linked once, and unlinked', () => {
    given(group, created, linked(STUDIO))
      .withFacts({ organization, license: license(GLOBEX) })
      .when('linkLicense', link)
      .thenNothing();
    const unlinked = { type: 'LicenseUnlinked', data: { ...id, ...link } } as const;
    given(group, created, linked(STUDIO)).withFacts({ organization }).when('unlinkLicense', link).then(unlinked);
    given(group, created).withFacts({ organization }).when('unlinkLicense', link).thenNothing();
  });

  it('are bounded', () => {
    given(group, created, ...many(MOST_GROUP_LICENSES).map(linked))
      .withFacts({ organization, license: license(GLOBEX) })
      .when('linkLicense', link)
      .thenRefused('group.too-many-licenses');
  });
});

describe('deleting a group', () => {
  it('takes nobody by surprise: one that has members or licenses is kept, unless everything is to go', () => {
    const full = () => given(group, created, member(ADA), linked(STUDIO)).withFacts({ organization });
    full().when('delete', {}).thenRefused('group.not-empty', { members: 1, licenses: 1 });
    const data = { ...id, name: 'Design', members: [ADA], licenses: [STUDIO] };
    full().when('delete', { cascade: true }).then({ type: 'GroupDeleted', data });
    given(group, created).withFacts({ organization }).when('delete', {}).then(deleted);
  });

  it('says in one event whom and what it let go, however many they are', () => {
    const [members, licenses] = [many(MOST_GROUP_MEMBERS), many(MOST_GROUP_LICENSES)];
    const [event] = given(group, created, ...members.map(member), ...licenses.map(linked))
      .withFacts({ organization })
      .when('delete', { cascade: true })
      .decided();
    expect(event!.data).toMatchObject({ members, licenses });
    expect(JSON.stringify(event!.data).length).toBeLessThan(64 * 1024);
  });
});
