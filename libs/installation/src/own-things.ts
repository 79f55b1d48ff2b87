// What the contexts know of a person, put together for himself from their views.
import type { Reads } from '#http/reads.js';
import type { RequestContext } from '#http/request-context.js';
import { OwnThingsReads, type OfGroups, type OwnThings } from '#identity/own-things.js';
import type { JsonObject } from '#kernel/json.js';
import { activationView } from '#licensing/activation.view.js';
import { licenseView } from '#licensing/license.view.js';
import { contactView } from '#organizations/contact.view.js';
import { groupView } from '#organizations/group.view.js';
import { organizationView } from '#organizations/organization.view.js';
import { MAX_PAGE, type Conditions } from '#read-models/read-store.js';
import type { View } from '#read-models/view.js';

export class ThingsOfViews extends OwnThingsReads {
  async of(reads: Reads, ctx: RequestContext, contactId: string, groups: readonly OfGroups[]): Promise<OwnThings> {
    const { id, name, email, accountNumber, addedAt, changedAt, organizations } = (await reads.get(contactView, ctx, contactId))
      .found!.doc;
    const licenses = await all(reads, licenseView, ctx, { contactId: { equal: contactId } });
    return {
      contact: { id, name, email, accountNumber, addedAt, changedAt },
      memberships: await memberships(reads, ctx, organizations),
      groups: await named(reads, ctx, groups),
      licenses: licenses.map(({ id: license, name: called, maskedKey, facts, issuedAt }) => {
        const { productId, organizationId, expiresAt } = facts;
        return { id: license, name: called, maskedKey, productId, organizationId, issuedAt, expiresAt };
      }),
      activations: await devices(
        reads,
        ctx,
        contactId,
        licenses.map((each) => each.id),
      ),
    };
  }
}

async function memberships(
  reads: Reads,
  ctx: RequestContext,
  of: readonly { readonly id: string; readonly place: 'primary' | 'secondary' | null; readonly roles: readonly string[] }[],
): Promise<OwnThings['memberships']> {
  const ids = of.map(({ id }) => id);
  const names = new Map((await reads.getMany(organizationView, ctx, ids)).found.map(({ doc }) => [doc.id, doc.name]));
  return of.map(({ id, place, roles }) => ({ organizationId: id, name: names.get(id) ?? null, place, roles: [...roles] }));
}

async function named(reads: Reads, ctx: RequestContext, groups: readonly OfGroups[]): Promise<OwnThings['groups']> {
  const ids = groups.map(({ id }) => id);
  const names = new Map((await reads.getMany(groupView, ctx, ids)).found.map(({ doc }) => [doc.id, doc.name]));
  return groups.map(({ id, organizationId }) => ({ id, organizationId, name: names.get(id) ?? null }));
}

async function devices(
  reads: Reads,
  ctx: RequestContext,
  contactId: string,
  licenses: readonly string[],
): Promise<OwnThings['activations']> {
  const found = await all(reads, activationView, ctx, { userId: { equal: contactId } });
  for (let at = 0; at < licenses.length; at += MAX_PAGE)
    found.push(...(await all(reads, activationView, ctx, { licenseId: { in: licenses.slice(at, at + MAX_PAGE) } })));
  const once = new Map(found.map((doc) => [doc.id, doc]));
  return [...once.values()].map(({ id, licenseId, deviceName, platform, activatedAt }) => {
    return { id, licenseId, deviceName, platform, activatedAt };
  });
}

/** All pages. */
async function all<Doc extends JsonObject>(
  reads: Reads,
  view: View<Doc>,
  ctx: RequestContext,
  conditions: Conditions,
): Promise<Doc[]> {
  const docs: Doc[] = [];
  for (let after: { values: []; key: string } | undefined; ;) {
    const { rows, more } = await reads.find(view, ctx, { all: conditions, limit: MAX_PAGE, ...(after && { after }) });
    docs.push(...rows.map(({ doc }) => doc));
    if (!more) return docs;
    after = { values: [], key: rows.at(-1)!.key };
  }
}
