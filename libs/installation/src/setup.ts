// The first start: a one-time token lets whoever reads the server's output make the first vendor and its
// administrator. Every step can be repeated, so that a crash in between is mended by asking again.
import { identityErrors } from '#identity/identity.errors.js';
import { newToken } from '#identity/new-token.js';
import { hashSecret, isSecret, newSecret } from '#identity/token-secret.js';
import { token } from '#identity/token.js';
import { tokenAccessView } from '#identity/token.view.js';
import { operatorCommand, operatorQuery, tenantExists, type OperatorPorts } from '#http/operator.js';
import { DomainError } from '#kernel/errors.js';
import { nameSchema } from '#kernel/fields.js';
import { idSchema, newCommandId, newId, SYSTEM_TENANT, tenantSlugSchema } from '#kernel/ids.js';
import { BUILT_IN_ROLES } from '#kernel/permissions.js';
import type { RecordStore } from '#records/record-store.js';
import { createTenant } from '#tenants/tenant.operator.js';
import { z } from 'zod';

const SPACE = 'setup';
const KEY = 'installation';

type SetupRecord = {
  /** Of the newest one-time token; null once it was used. */
  readonly tokenHash: string | null;
  /** Names the creation of the vendor, so that a second attempt is the same one. */
  readonly commandId: string;
  /** What the last attempt was about to make. */
  readonly slug: string | null;
  readonly apiTokenId: string | null;
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
    if (earlier ? earlier.tokenHash === null : await this.anyTenant()) return null;
    if (earlier && (await this.madeByOthers(earlier))) return null;
    const secret = newSecret('kls');
    const { commandId = newCommandId(), slug = null, apiTokenId = null } = earlier ?? {};
    await this.put({ tokenHash: hashSecret(secret), commandId, slug, apiTokenId });
    return secret;
  }

  /**
   * Makes the vendor, its first legal entity and an administrator's token, or completes an attempt that was
   * cut off. The token of such an attempt, which nobody has, is revoked.
   * @throws `setup.wrong-token`, `setup.done`, `setup.begun-for-another`, `setup.under-way`; `tenant.slug-reserved`.
   */
  async complete(request: SetupRequest): Promise<z.output<typeof setupAnswerSchema>> {
    // One at a time: what another one has begun would look cut off, and its token would be revoked.
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
    await this.mustBeSame(earlier, slug);
    const apiTokenId = newId();
    const attempt = { ...earlier, slug, apiTokenId };
    if ((await this.put(attempt, version)) === null) identityErrors.refuse('setup.under-way');
    const entity = { slug, name: request.tenant.name, legalEntity: request.legalEntity.name };
    const { legalEntityId } = await createTenant(this.ports, entity, earlier.commandId);
    if (earlier.apiTokenId) await this.revoke(slug, earlier.apiTokenId);
    const { secret, expiresAt } = await this.administratorToken(slug, apiTokenId, request.administrator.name);
    await this.put({ ...attempt, tokenHash: null });
    return { tenant: slug, legalEntityId, apiToken: { id: apiTokenId, secret, expiresAt } };
  }

  private async open(secret: string) {
    const record = await this.record();
    if (record ? record.value.tokenHash === null : await this.anyTenant()) identityErrors.refuse('setup.done');
    if (!record || !isSecret('kls', secret) || record.value.tokenHash !== hashSecret(secret))
      return identityErrors.refuse('setup.wrong-token');
    return record;
  }

  /** An attempt that made its vendor is completed for that vendor; where others made one meanwhile, there is nothing to set up. */
  private async mustBeSame(earlier: SetupRecord, slug: string): Promise<void> {
    if (await this.madeByOthers(earlier)) identityErrors.refuse('setup.done');
    const begun = earlier.slug !== null && (await tenantExists(this.ports, earlier.slug));
    if (begun && earlier.slug !== slug) identityErrors.refuse('setup.begun-for-another', undefined, { slug: earlier.slug });
  }

  private async madeByOthers({ slug }: SetupRecord): Promise<boolean> {
    const own = slug !== null && (await tenantExists(this.ports, slug));
    return !own && (await this.anyTenant());
  }

  private async anyTenant(): Promise<boolean> {
    const { events } = await this.ports.log.readLog({ categories: ['tenant'], limit: 1 });
    return events.length > 0;
  }

  private async administratorToken(
    tenant: string,
    id: string,
    name: string,
  ): Promise<{ secret: string; expiresAt: string | null }> {
    const wanted = { name, role: 'administrator' as const, grants: null, organizationId: null };
    const made = await newToken(
      this.ports.commands,
      id,
      wanted,
      BUILT_IN_ROLES.administrator.grants,
      operatorCommand(this.ports, tenant),
    );
    await this.ports.reads.get(tokenAccessView, await operatorQuery(this.ports, SYSTEM_TENANT, made.outcome.position), made.hash);
    return { secret: made.secret!, expiresAt: made.expiresAt }; // a fresh id and command id: never a replay
  }

  private async revoke(tenant: string, id: string): Promise<void> {
    try {
      await this.ports.commands.send(token, id, 'revoke', {}, operatorCommand(this.ports, tenant));
    } catch (error) {
      if (!(error instanceof DomainError && error.code === 'token.not-found')) throw error;
    }
  }

  private record() {
    return this.records.get<SetupRecord>(SPACE, KEY, this.ports.clock.now());
  }

  private put(value: SetupRecord, expectedVersion?: number): Promise<number | null> {
    return this.records.put(SPACE, KEY, value, this.ports.clock.now(), { expectedVersion });
  }
}
