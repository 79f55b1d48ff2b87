import { newId } from '#kernel/ids.js';
import type { Scene } from './scene.js';
import { refused, same, type Telling } from './telling.js';

/** What a portal's front end reads for one customer, and what it must never see. */
export async function tellPortal(scene: Scene, telling: Telling): Promise<void> {
  telling.chapter("The portal's front end reads the projections");
  let foreignLicense = '';
  await telling.step('a token that is bound to the organization', async () => {
    const body = { name: 'Portal of Halvorsen', role: 'organization-administrator', organizationId: scene.organizationId };
    const token = await scene.staff.done('/v1/tokens', body);
    scene.portalToken = token.secret;
    return { id: token.id, expiresAt: token.expiresAt };
  });
  await telling.step('meanwhile another customer buys, too', async () => {
    const other = await scene.staff.done('/v1/organizations', { name: 'Quarry & Daughters' });
    const issued = await scene.staff.done('/v1/licenses', { policyId: scene.policyId, organizationId: other.id });
    foreignLicense = issued.id;
    return { id: issued.id };
  });
  await telling.step('the list: its own 25 licenses, page by page, as of a position', async () => {
    const ids: string[] = [];
    let asOf = '';
    for (let cursor: string | null = ''; cursor !== null;) {
      const page = await scene.portal.read(`/v1/licenses?limit=10&sort=-issuedAt${cursor && `&cursor=${cursor}`}`);
      ids.push(...page.data.map(({ id }: { id: string }) => id));
      ({ asOf } = page);
      cursor = page.page.next;
    }
    same([ids.length, new Set(ids).size, ids.includes(foreignLicense)], [25, 25, false]);
    return { licenses: ids.length, asOf };
  });
  await telling.step("another customer's license answers like one that does not exist", async () => {
    const [foreign, missing] = await Promise.all([foreignLicense, newId()].map((id) => scene.portal.get(`/v1/licenses/${id}`)));
    refused(foreign!, 404, 'license.not-found');
    same({ ...foreign!.body, requestId: null }, { ...missing!.body, requestId: null });
    return foreign!.body.detail;
  });
  await telling.step('a customer issues, renews and revokes nothing', async () => {
    for (const verb of ['renew', 'revoke'])
      refused(await scene.portal.post(`/v1/licenses/${scene.licenseId}/${verb}`), 403, 'auth.forbidden');
    return refused(
      await scene.portal.post('/v1/licenses', { policyId: scene.policyId, organizationId: scene.organizationId }),
      403,
      'auth.forbidden',
    ).detail;
  });
  await telling.step('the detail: seats, validity, masked key, and names for people', async () => {
    const license = await scene.portal.read(`/v1/licenses/${scene.licenseId}`);
    same(
      [license.status, license.organization.name, license.maskedKey.includes(scene.licenseKey)],
      ['active', 'Halvorsen Shipyards', false],
    );
    return {
      maskedKey: license.maskedKey,
      status: license.status,
      activations: license.activations,
      expiresAt: license.expiresAt,
    };
  });
}
