// Fills a data folder with vendors, their customers and licenses: by the rules of the product, in process,
// because a million calls over HTTP would take longer than what is to be measured.
import type { Executor } from '#event-store/execute.js';
import { openInstallation, type Installation } from '#installation/installation.js';
import { SystemClock } from '#installation/system-clock.js';
import { rootContext } from '#kernel/context.js';
import { newCommandId, newId } from '#kernel/ids.js';
import { policy } from '#licensing/policy.js';
import { product } from '#licensing/product.js';
import { termsSchema } from '#licensing/terms.js';
import { organization } from '#organizations/organization.js';
import { tenant } from '#tenants/tenant.js';
import { startServer } from '../support/server.js';
import { firstVendor } from '../support/vendor.js';
import { seedPeople, type SeededPeople } from './people.js';
import { UNLIMITED } from './servers.js';
import { issueMany, openShop, type SeededLicense, type Shop } from './issue-many.js';

/** Organizations added at a time. */
const AT_A_TIME = 256;
/** Licenses between two lines of progress. */
const PROGRESS_EVERY = 50_000;
const OTHER_VENDORS = ['globex', 'initech', 'umbrella'];
/** Enough seats that no activation of a run is refused. */
const TERMS = { activations: -1, duration: 'P1Y', grace: 'P14D', entitlements: { export: true, layers: 64 } };

/** The vendor whose list is measured. */
export interface Seeded {
  readonly folder: string;
  readonly tenant: string;
  readonly token: string;
  readonly organizationId: string;
  readonly people: SeededPeople;
  /** A sample of all vendors' licenses. */
  readonly licenses: SeededLicense[];
}

/** More keys than this are not remembered: calls still hardly ever meet the same license twice. */
const KEYS_KEPT = 200_000;

/** The first vendor, made over HTTP as any other, with its product, policy and organization. */
export async function seedFirstVendor(): Promise<Seeded> {
  const server = await startServer({ folder: undefined, env: { ...UNLIMITED, KEYLEDGER_LOG_LEVEL: 'warn' } });
  const { folder } = server;
  const vendor = await firstVendor(server, TERMS);
  const people = await seedPeople(server, vendor);
  await server.end();
  const { tenant: slug, token, organizationId } = vendor;
  return { folder, tenant: slug, token, organizationId, people, licenses: [] };
}

/** Issues licenses to the organization whose list is measured. The views have to be built after it. */
export async function seedOrganization(seeded: Seeded, count: number, progress: (done: number) => void): Promise<void> {
  const shop = await inFolder(seeded.folder, (installation) => addShop(installation, seeded.tenant, [seeded.organizationId]));
  await issueTo([shop], seeded, count, progress);
}

/** Issues licenses to 1,000 other organizations of the vendor, and a tenth of them as licenses of other vendors. The same. */
export async function seedOthers(seeded: Seeded, count: number, progress: (done: number) => void): Promise<void> {
  const shops = await inFolder(seeded.folder, async (installation) => {
    const { executor } = installation;
    const own = await addShop(installation, seeded.tenant, await addOrganizations(executor, seeded.tenant, 1_000));
    const all = Array.from({ length: 27 }, () => own);
    for (const slug of OTHER_VENDORS) {
      const data = { name: slug, legalEntity: { name: `${slug} Inc.` } };
      await executor.execute(tenant, slug, 'create', data, contextOf(slug));
      all.push(await addShop(installation, slug, await addOrganizations(executor, slug, 100)));
    }
    return all;
  });
  await issueTo(shops, seeded, count, progress);
}

function issueTo(shops: readonly Shop[], { folder, licenses }: Seeded, count: number, progress: (done: number) => void) {
  return issueMany(folder, shops, count, (issued, done) => {
    if (licenses.length < KEYS_KEPT) licenses.push(issued);
    if (done % PROGRESS_EVERY === 0) progress(done);
  });
}

async function inFolder<T>(folder: string, work: (installation: Installation) => Promise<T>): Promise<T> {
  const installation = await openInstallation({ dataDir: folder, clock: new SystemClock() });
  try {
    return await work(installation);
  } finally {
    await installation.close();
  }
}

function contextOf(slug: string) {
  return rootContext(slug, 'operator', new SystemClock().now(), newCommandId());
}

async function addShop({ executor, keyring }: Installation, slug: string, organizations: readonly string[]): Promise<Shop> {
  const [productId, policyId] = [newId(), newId()];
  const sold = { name: 'Editor', code: `editor-${productId}`, description: null, platforms: [] };
  await executor.execute(product, productId, 'add', sold, contextOf(slug));
  const terms = termsSchema.parse(TERMS);
  const yearly = { productId, name: 'Yearly', code: `yearly-${policyId}`, terms };
  await executor.execute(policy, policyId, 'add', yearly, contextOf(slug));
  return openShop(executor, keyring, slug, { productId, policyId, organizations });
}

async function addOrganizations(executor: Executor, slug: string, count: number): Promise<string[]> {
  const ids = Array.from({ length: count }, () => newId());
  await inTurns(count, async (n) => {
    const data = { name: `Customer ${n}`, accountNumber: `C-${n}`, company: null, domains: [] };
    await executor.execute(organization, ids[n]!, 'add', data, contextOf(slug));
  });
  return ids;
}

/** Runs `work` for 0 to `count` − 1, a bounded number at a time. */
async function inTurns(count: number, work: (n: number) => Promise<void>): Promise<void> {
  let next = 0;
  const worker = async () => {
    while (next < count) await work(next++);
  };
  await Promise.all(Array.from({ length: AT_A_TIME }, worker));
}
