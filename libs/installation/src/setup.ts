// The first start: a one-time token lets whoever reads the server's output make the first vendor and its
// administrator. A crash in between is mended by asking again. Whether it is done is for the log to say: records
// may fall back to an earlier state when the power fails, and a used token must not open anything again.
import { identityErrors } from '#identity/identity.errors.js';
import { newToken } from '#identity/new-token.js';
import { hashSecret, isSecret, newSecret } from '#identity/token-secret.js';
import { tokenAccessView } from '#identity/token.view.js';
import { operatorCommand, operatorQuery, tenantExists, type OperatorPorts } from '#http/operator.js';
import { nameSchema } from '#kernel/fields.js';
import { idSchema, newCommandId, newId, SYSTEM_TENANT, tenantSlugSchema } from '#kernel/ids.js';
import { BUILT_IN_ROLES } from '#kernel/permissions.js';
import type { RecordStore } from '#records/record-store.js';
import { createTenant } from '#tenants/tenant.operator.js';
import { z } from 'zod';

const SPACE = 'setup';
const KEY = 'installation';

type SetupRecord = {
  /** Of the newest one-time token. */
  readonly tokenHash: string;
  /** Names the creation of the vendor, so that a second attempt is the same one. */
  readonly commandId: string;
  /** What the last attempt was about to make. */
  readonly slug: string | null;
};

const named = z.strictObject({ name: nameSchema });

export const setupRequestSchema = z.strictObject({
  token: z.string().max(100).meta({ description: 'The one-time token that the server printed when it started.' }),
  tenant: named.extend({ slug: tenantSlugSchema }),
  legalEntity: named,
  administrator: named,
});

export const setupAnswerSchema = z.strictObject({
  tenant: tenantSlugSchema,
  legalEntityId: idSchema,
  apiToken: z.strictObject({
    id: idSchema,
    secret: z.string().meta({ description: 'Of an administrator. Shown this once.' }),
    expiresAt: z.string().nullable(),
  }),
});

type SetupRequest = z.output<typeof setupRequestSchema>;

export class Setup {
  private underWay = false;

  constructor(
    private readonly records: RecordStore,
    private readonly ports: OperatorPorts,
  ) {}

  /** At each start: a new one-time token while the set-up is not done, else null. The one before opens nothing any more. */
  async begin(): Promise<string | null> {
    const earlier = (await this.record())?.value;
    if (await this.isDone(earlier)) return null;
    const secret = newSecret('kls');
    const { commandId = newCommandId(), slug = null } = earlier ?? {};
    await this.put({ tokenHash: hashSecret(secret), commandId, slug });
    return secret;
  }

  /**
   * Makes the vendor, its first legal entity and an administrator's token, or completes an attempt that was
   * cut off before that token.
   * @throws `setup.wrong-token`, `setup.done`, `setup.begun-for-another`, `setup.under-way`; `tenant.slug-reserved`.
   */
  async complete(request: SetupRequest): Promise<z.output<typeof setupAnswerSchema>> {
    // One at a time: what another one has begun would look cut off, and be completed twice.
    if (this.underWay) identityErrors.refuse('setup.under-way');
    this.underWay = true;
    try {
      return await this.completeAlone(request);
    } finally {
      this.underWay = false;
    }
  }

  private async completeAlone(request: SetupRequest): Promise<z.output<typeof setupAnswerSchema>> {
    const slug = request.tenant.slug;
    const { value: earlier, version } = await this.open(request.token);
    if (earlier.slug !== slug && earlier.slug !== null && (await tenantExists(this.ports, earlier.slug)))
      identityErrors.refuse('setup.begun-for-another', undefined, { slug: earlier.slug });
    if ((await this.put({ ...earlier, slug }, version)) === null) identityErrors.refuse('setup.under-way');
    const entity = { slug, name: request.tenant.name, legalEntity: request.legalEntity.name };
    const { legalEntityId } = await createTenant(this.ports, entity, earlier.commandId);
    const { id, secret, expiresAt } = await this.administratorToken(slug, request.administrator.name);
    return { tenant: slug, legalEntityId, apiToken: { id, secret, expiresAt } };
  }

  private async open(secret: string) {
    const record = await this.record();
    if (await this.isDone(record?.value)) identityErrors.refuse('setup.done');
    if (!record || !isSecret('kls', secret) || record.value.tokenHash !== hashSecret(secret))
      return identityErrors.refuse('setup.wrong-token');
    return record;
  }

  /** Once there is a vendor; a set-up that made it is done once there is an API token too. */
  private async isDone(begun: SetupRecord | undefined): Promise<boolean> {
    if (!(await this.any('tenant'))) return false;
    const own = begun && begun.slug !== null && (await tenantExists(this.ports, begun.slug));
    return !own || (await this.any('token'));
  }

  private async any(category: string): Promise<boolean> {
    const { events } = await this.ports.log.readLog({ categories: [category], limit: 1 });
    return events.length > 0;
  }

  private async administratorToken(
    tenant: string,
    name: string,
  ): Promise<{ id: string; secret: string; expiresAt: string | null }> {
    const id = newId();
    const wanted = { name, role: 'administrator' as const, grants: null, organizationId: null };
    const made = await newToken(
      this.ports.commands,
      id,
      wanted,
      BUILT_IN_ROLES.administrator.grants,
      operatorCommand(this.ports, tenant),
    );
    await this.ports.reads.get(tokenAccessView, await operatorQuery(this.ports, SYSTEM_TENANT, made.outcome.position), made.hash);
    return { id, secret: made.secret!, expiresAt: made.expiresAt }; // a fresh id and command id: never a replay
  }

  private record() {
    return this.records.get<SetupRecord>(SPACE, KEY, this.ports.clock.now());
  }

  private put(value: SetupRecord, expectedVersion?: number): Promise<number | null> {
    return this.records.put(SPACE, KEY, value, this.ports.clock.now(), { expectedVersion });
  }
}
