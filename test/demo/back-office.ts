import { TENANT, type Scene } from './scene.js';
import { refused, same, type Telling } from './telling.js';

/** From an empty installation to a vendor that has sold licenses. */
export async function tellBackOffice(scene: Scene, telling: Telling): Promise<void> {
  telling.chapter('The vendor sets up shop');
  await telling.step('the printed one-time token makes the vendor, its legal entity and an administrator', async () => {
    const setup = await scene.anyone.done('/v1/setup', setupWith(scene));
    scene.staffToken = setup.apiToken.secret;
    scene.company = setup.legalEntityId;
    return { tenant: setup.tenant, legalEntityId: setup.legalEntityId, apiToken: 'klt_…' };
  });
  await telling.step('the one-time token opens nothing a second time', async () => {
    return refused(await scene.anyone.post('/v1/setup', setupWith(scene)), 409, 'setup.done').detail;
  });
  await telling.step('a product, and a policy with two seats', async () => {
    const product = await scene.staff.done('/v1/products', { name: 'Atlas Studio', code: 'atlas-studio' });
    const terms = { activations: 2, duration: 'P1Y', grace: 'P14D', deactivations: { window: { allowed: 1, period: 'P30D' } } };
    const policy = await scene.staff.done('/v1/policies', {
      productId: product.id,
      name: 'Studio, by the year',
      code: 'studio-yearly',
      terms,
    });
    [scene.productId, scene.policyId] = [product.id, policy.id];
    return { product, policy };
  });
  await tellCustomer(scene, telling);
  await tellIssue(scene, telling);
}

function setupWith({ server }: Scene): object {
  return {
    token: server.setupToken,
    tenant: { slug: TENANT, name: 'Northwind Maps' },
    legalEntity: { name: 'Northwind Maps Ltd' },
    administrator: { name: 'Back office' },
  };
}

async function tellCustomer(scene: Scene, telling: Telling): Promise<void> {
  telling.chapter('A customer comes');
  await telling.step('an organization with account number and company, and its primary contact', async () => {
    const organization = await scene.staff.done('/v1/organizations', {
      name: 'Halvorsen Shipyards',
      accountNumber: 'N-1001',
      company: scene.company,
    });
    const contact = await scene.staff.done('/v1/contacts', { name: 'Ada Halvorsen', email: 'ada@halvorsen.example' });
    [scene.organizationId, scene.contactId] = [organization.id, contact.id];
    await scene.staff.done(`/v1/organizations/${organization.id}/members`, { contactId: contact.id });
    return scene.staff.done(`/v1/organizations/${organization.id}/contacts/assign`, { place: 'primary', contactId: contact.id });
  });
  await telling.step('the account number is taken, and so is the address', async () => {
    refused(
      await scene.staff.post('/v1/organizations', { name: 'Somebody else', accountNumber: 'N-1001' }),
      409,
      'account-number.taken',
    );
    return refused(
      await scene.staff.post('/v1/contacts', { name: 'Ada again', email: 'ADA@halvorsen.example' }),
      409,
      'contact-email.taken',
    ).detail;
  });
}

async function tellIssue(scene: Scene, telling: Telling): Promise<void> {
  telling.chapter('Licenses are sold');
  const order = () => ({ policyId: scene.policyId, organizationId: scene.organizationId, quantity: 25 });
  const send = () => scene.staff.post('/v1/licenses', order(), { 'idempotency-key': 'order-2026-001' });
  await telling.step('25 licenses in one call', async () => {
    const { status, body } = await send();
    same({ status, count: body.licenses.length }, { status: 201, count: 25 });
    [scene.licenseId, scene.licenseKey] = [body.id, body.key];
    return { id: body.id, maskedKey: body.maskedKey, licenses: body.licenses.length };
  });
  await telling.step('the call repeated after a lost answer gives the same licenses and sells none twice', async () => {
    const { headers, body } = await send();
    same(
      { id: body.id, key: body.key, replayed: headers.get('idempotency-replayed') },
      { id: scene.licenseId, key: scene.licenseKey, replayed: 'true' },
    );
    const { data } = await scene.staff.read('/v1/licenses?limit=100');
    same(data.length, 25);
    return `Idempotency-Replayed: true, still ${data.length} licenses`;
  });
  await telling.step('the same idempotency key for another order is refused', async () => {
    const answer = await scene.staff.post('/v1/licenses', { ...order(), quantity: 26 }, { 'idempotency-key': 'order-2026-001' });
    return refused(answer, 422, 'idempotency.key-reused').detail;
  });
}
