// By which ways a caller holds a license: all of them, so that he knows what is left when one is taken.
import type { Principal, Right } from '#http/principal.js';
import { idSchema } from '#kernel/ids.js';
import { z } from 'zod';
import { givingAccess } from './license-links.js';
import type { LicenseDoc } from './license.view.js';
import type { OwnerDoc } from './owner.view.js';

const namedSchema = z.strictObject({ id: idSchema, name: z.string().nullable() });

export const accessSchema = z
  .array(
    z.strictObject({
      by: z.enum(['own', 'group', 'contact', 'role', 'token']).meta({
        description:
          '`own`: it was issued to him; `group`: a group of his is linked to it; `contact`: he is primary or secondary contact of its organization; `role`: a role of his reaches it; `token`: the token does.',
      }),
      role: z
        .string()
        .nullable()
        .meta({ description: 'Which role; with `own` and `group`, the one that lets him use what is his.' }),
      place: z.string().nullable().meta({ description: 'With `contact`: which.' }),
      group: namedSchema.nullable(),
      organization: namedSchema.nullable().meta({ description: 'In which the way holds; null: in all.' }),
    }),
  )
  .meta({ id: 'LicenseAccess', description: 'By which ways the caller may read the license.' });
export type Access = z.output<typeof accessSchema>;
type Way = Access[number];

/** The ways by which the caller reads the license, each once. */
export function accessTo(doc: LicenseDoc, owners: ReadonlyMap<string, OwnerDoc>, principal: Principal): Access {
  const named = (id: string | null) => (id === null ? null : { id, name: owners.get(id)?.name ?? null });
  const nothing = { role: null, place: null, group: null, organization: null };
  if (!principal.person) return [{ ...nothing, by: 'token', organization: named(principal.organization ?? null) }];
  const { contactId, groups, rights, kind } = principal.person;
  const linked = groups.filter(({ id }) => givingAccess(doc.links, doc.facts).includes(id));
  const { organizationId: its } = doc.facts;
  const counts = (organizationId: string | null) => organizationId === null || its === null || organizationId === its;
  const waysOf = ({ scope, organizationId, via }: Right): Way[] => {
    const [source, name = null] = via.split(':');
    const way = { ...nothing, role: source === 'role' ? name : null, organization: named(organizationId) };
    switch (scope) {
      case 'tenant':
        return kind === 'staff' && organizationId === null ? [{ ...way, by: 'role' }] : [];
      case 'organization':
        if (organizationId === null || organizationId !== doc.facts.organizationId) return [];
        return [source === 'place' ? { ...way, by: 'contact', place: name } : { ...way, by: 'role' }];
      case 'group':
        return linked
          .filter((group) => organizationId === null || organizationId === group.organizationId)
          .map(({ id, organizationId: of }) => ({ ...way, by: 'group', group: named(id), organization: named(of) }));
      case 'own':
        return doc.facts.contactId === contactId && counts(organizationId) ? [{ ...way, by: 'own' }] : [];
    }
  };
  const ways = rights.filter(({ permission }) => permission === 'license.read').flatMap(waysOf);
  return [...new Map(ways.map((way) => [JSON.stringify(way), way])).values()];
}

/** Whose names {@link accessTo} shows beside those of the owners. */
export function namesOfAccess({ person, organization }: Principal): readonly string[] {
  if (!person) return organization === undefined ? [] : [organization];
  const organizations = person.rights.filter(({ permission }) => permission === 'license.read');
  return [...person.groups.map(({ id }) => id), ...organizations.flatMap(({ organizationId }) => organizationId ?? [])];
}
