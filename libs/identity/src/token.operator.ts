// What the operator of an installation does with API tokens.
import { operatorCommand, operatorQuery, tenantExists, type OperatorPorts } from '#http/operator.js';
import { idSchema, newId, SYSTEM_TENANT, tenantSlugSchema } from '#kernel/ids.js';
import { BUILT_IN_ROLES } from '#kernel/permissions.js';
import { MAX_PAGE } from '#read-models/read-store.js';
import { z } from 'zod';
import { identityErrors } from './identity.errors.js';
import { newToken } from './new-token.js';
import { token, newTokenSchema } from './token.js';
import { tokenAccessView, tokenView, type TokenDoc } from './token.view.js';

export const operatorTokenSchema = newTokenSchema.extend({ tenant: tenantSlugSchema });
export const tenantTokensSchema = z.strictObject({ tenant: tenantSlugSchema });
export const tenantTokenSchema = z.strictObject({ tenant: tenantSlugSchema, id: idSchema });

async function mustHaveTenant(ports: OperatorPorts, tenant: string): Promise<void> {
  if (!(await tenantExists(ports, tenant))) identityErrors.refuse('token.tenant-unknown');
}

/** Makes a token in a tenant; answers once it opens the API. The secret is not kept anywhere. */
export async function createToken(
  ports: OperatorPorts,
  { tenant, ...request }: z.output<typeof operatorTokenSchema>,
): Promise<{ id: string; secret: string | null; expiresAt: string | null }> {
  await mustHaveTenant(ports, tenant);
  const id = newId();
  const made = await newToken(ports.commands, id, request, BUILT_IN_ROLES.administrator.grants, operatorCommand(ports, tenant));
  await ports.reads.get(tokenAccessView, await operatorQuery(ports, SYSTEM_TENANT, made.outcome.position), made.hash);
  return { id, secret: made.secret, expiresAt: made.expiresAt };
}

/** All tokens of a tenant, without their secrets, by id. */
export async function listTokens(
  ports: OperatorPorts,
  { tenant }: z.output<typeof tenantTokensSchema>,
): Promise<readonly TokenDoc[]> {
  await mustHaveTenant(ports, tenant);
  const asked = await operatorQuery(ports, tenant);
  const tokens: TokenDoc[] = [];
  for (;;) {
    const last = tokens.at(-1);
    const after = last && { values: [], key: last.id };
    const found = await ports.reads.find(tokenView, asked, { limit: MAX_PAGE, ...(after && { after }) });
    tokens.push(...found.rows.map(({ doc }) => doc));
    if (!found.more) return tokens;
  }
}

/** Revokes a token; answers once it opens nothing any more. @throws `token.not-found` */
export async function revokeToken(
  ports: OperatorPorts,
  { tenant, id }: z.output<typeof tenantTokenSchema>,
): Promise<{ id: string }> {
  const { position, state } = await ports.commands.send(token, id, 'revoke', {}, operatorCommand(ports, tenant));
  await ports.reads.get(tokenAccessView, await operatorQuery(ports, SYSTEM_TENANT, position), state.hash!);
  return { id };
}
