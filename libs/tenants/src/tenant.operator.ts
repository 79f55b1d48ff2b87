// What the operator of an installation does with vendors.
import { operatorCommand, operatorQuery, type OperatorPorts } from '#http/operator.js';
import { nameSchema } from '#kernel/fields.js';
import { SYSTEM_TENANT, tenantSlugSchema } from '#kernel/ids.js';
import { MAX_PAGE } from '#read-models/read-store.js';
import { z } from 'zod';
import { tenant } from './tenant.js';
import { tenantDirectoryView, type TenantEntry } from './tenant.view.js';

export const newTenantSchema = z.strictObject({ slug: tenantSlugSchema, name: nameSchema, legalEntity: nameSchema });

/**
 * Sets up a vendor with its first legal entity. With the same `commandId` it may be asked again.
 * @throws `tenant.slug-taken`, `tenant.slug-reserved`
 */
export async function createTenant(
  ports: OperatorPorts,
  { slug, name, legalEntity }: z.output<typeof newTenantSchema>,
  commandId?: string,
): Promise<{ id: string; legalEntityId: string }> {
  const data = { name, legalEntity: { name: legalEntity } };
  const outcome = await ports.commands.send(tenant, slug, 'create', data, operatorCommand(ports, slug, commandId));
  return { id: slug, legalEntityId: Object.keys(outcome.state.entities)[0]! };
}

/** All vendors of the installation, by slug. */
export async function listTenants(ports: OperatorPorts): Promise<readonly TenantEntry[]> {
  const asked = await operatorQuery(ports, SYSTEM_TENANT);
  const entries: TenantEntry[] = [];
  for (;;) {
    const last = entries.at(-1);
    const after = last && { values: [], key: last.id };
    const found = await ports.reads.find(tenantDirectoryView, asked, { limit: MAX_PAGE, ...(after && { after }) });
    entries.push(...found.rows.map(({ doc }) => doc));
    if (!found.more) return entries;
  }
}
