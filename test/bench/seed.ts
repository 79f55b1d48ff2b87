// Fills a data folder with vendors, their customers and licenses: by the rules of the product, in process,
// because a million calls over HTTP would take longer than what is to be measured.
import { randomBytes } from 'node:crypto';
import type { Executor } from '#event-store/execute.js';
import type { Keyring } from '#event-store/keyring.js';
import { openInstallation, type Installation } from '#installation/installation.js';
import { SystemClock } from '#installation/system-clock.js';
import { rootContext } from '#kernel/context.js';
import { newCommandId, newId } from '#kernel/ids.js';
import { license } from '#licensing/license.js';
import { bytesNeeded, makeKey, maskKey, normalizeKey } from '#licensing/license-key.js';
import { policy } from '#licensing/policy.js';
import { product } from '#licensing/product.js';
import { termsSchema } from '#licensing/terms.js';
import { organization } from '#organizations/organization.js';
import { tenant } from '#tenants/tenant.js';
import { startServer } from '../support/server.js';
import { firstVendor } from '../support/vendor.js';

/** Issued at a time; each is an append of its own. */
const AT_A_TIME = 256;
const OTHER_VENDORS = ['globex', 'initech', 'umbrella'];
/** Enough seats that no activation of a run is refused. */
const TERMS = { activations: -1, duration: 'P1Y', grace: 'P14D', entitlements: { export: true, layers: 64 } };

export interface SeededLicense {
  readonly tenant: string;
  readonly key: string;
}

/** The vendor whose list is measured. */
export interface Seeded {
  readonly folder: string;
  readonly tenant: string;
  readonly token: string;
  readonly organizationId: string;
  /** A sample of all vendors' licenses. */
  readonly licenses: SeededLicense[];
}

interface Shop {
  readonly tenant: string;
  readonly productId: string;
  readonly policyId: string;
  readonly organizations: readonly string[];
}

/** More keys than this are not remembered: calls still hardly ever meet the same license twice. */
const KEYS_KEPT = 200_000;

/** The first vendor, made over HTTP as any other, with its product, policy and organization. */
export async function seedFirstVendor(): Promise<Seeded> {
  const server = await startServer({ folder: undefined, env: { KEYLEDGER_LOG_LEVEL: 'warn' } });
  const { folder } = server;
  const vendor = await firstVendor(server, TERMS);
  await server.end();
  const { tenant: slug, token, organizationId } = vendor;
  return { folder, tenant: slug, token, organizationId, licenses: [] };
}

/** Issues licenses to the organization whose list is measured. */
export function seedOrganization(seeded: Seeded, count: number, progress: (done: number) => void): Promise<void> {
  return inFolder(seeded.folder, async (installation) => {
    const shop = await addShop(installation.executor, seeded.tenant, [seeded.organizationId]);
    await issueMany(installation, [shop], count, seeded, progress);
  });
}

/** Issues licenses to 1,000 other organizations of the vendor, and a tenth of them as licenses of other vendors. */
export function seedOthers(seeded: Seeded, count: number, progress: (done: number) => void): Promise<void> {
  return inFolder(seeded.folder, async (installation) => {
    const { executor } = installation;
    const own = await addShop(executor, seeded.tenant, await addOrganizations(executor, seeded.tenant, 1_000));
    const shops = Array.from({ length: 27 }, () => own);
    for (const slug of OTHER_VENDORS) {
      const data = { name: slug, legalEntity: { name: `${slug} Inc.` } };
      await executor.execute(tenant, slug, 'create', data, contextOf(slug));
      shops.push(await addShop(executor, slug, await addOrganizations(executor, slug, 100)));
    }
    await issueMany(installation, shops, count, seeded, progress);
  });
}

async function inFolder(folder: string, work: (installation: Installation) => Promise<void>): Promise<void> {
  const installation = await openInstallation({ dataDir: folder, clock: new SystemClock() });
  try {
    await work(installation);
  } finally {
    await installation.close();
  }
}

function contextOf(slug: string) {
  return rootContext(slug, 'operator', new SystemClock().now(), newCommandId());
}

async function addShop(executor: Executor, slug: string, organizations: readonly string[]): Promise<Shop> {
  const [productId, policyId] = [newId(), newId()];
  const sold = { name: 'Editor', code: `editor-${productId}`, description: null, platforms: [] };
  await executor.execute(product, productId, 'add', sold, contextOf(slug));
  const terms = termsSchema.parse(TERMS);
  await executor.execute(
    policy,
    policyId,
    'add',
    { productId, name: 'Yearly', code: `yearly-${policyId}`, terms },
    contextOf(slug),
  );
  return { tenant: slug, productId, policyId, organizations };
}

async function addOrganizations(executor: Executor, slug: string, count: number): Promise<string[]> {
  const ids = Array.from({ length: count }, () => newId());
  await inTurns(count, async (n) => {
    const data = { name: `Customer ${n}`, accountNumber: `C-${n}`, company: null, domains: [] };
    await executor.execute(organization, ids[n]!, 'add', data, contextOf(slug));
  });
  return ids;
}

async function issueMany(
  { executor, keyring }: Installation,
  shops: readonly Shop[],
  count: number,
  { licenses }: Seeded,
  progress: (done: number) => void,
): Promise<void> {
  let done = 0;
  await inTurns(count, async (n) => {
    const issued = await issue(executor, keyring, shops[n % shops.length]!, n);
    if (licenses.length < KEYS_KEPT) licenses.push(issued);
    if (++done % 10_000 === 0) progress(done);
  });
}

async function issue(executor: Executor, keyring: Keyring, shop: Shop, n: number): Promise<SeededLicense> {
  const { keyFormat } = termsSchema.parse(TERMS);
  const key = makeKey(keyFormat, randomBytes(bytesNeeded(keyFormat)));
  const { tenant: slug, productId, policyId, organizations } = shop;
  const drawn = { key, keyFormat, keyHash: await keyring.hash(slug, 'license-key', normalizeKey(key)!), maskedKey: maskKey(key) };
  const owner = { organizationId: organizations[n % organizations.length]!, contactId: null };
  const data = { productId, policyId, ...owner, name: `Seat ${n}`, metadata: null, ...drawn };
  await executor.execute(license, newId(), 'issue', data, contextOf(slug));
  return { tenant: slug, key };
}

/** Runs `work` for 0 to `count` − 1, a bounded number at a time. */
async function inTurns(count: number, work: (n: number) => Promise<void>): Promise<void> {
  let next = 0;
  const worker = async () => {
    while (next < count) await work(next++);
  };
  await Promise.all(Array.from({ length: AT_A_TIME }, worker));
}
