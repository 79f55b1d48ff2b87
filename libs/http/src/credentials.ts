// What a request says of who asks and in which tenant, before anything is looked up.
import type { IncomingMessage } from 'node:http';
import type { FastifyRequest } from 'fastify';
import { tenantSlugSchema } from '#kernel/ids.js';
import type { Credential } from './authenticator.js';
import { httpErrors } from './http-errors.js';
import { TENANT } from './request-headers.js';

const AUTHORIZATION = /^(Bearer|License) ([\x21-\x7e]{1,1024})$/i;
const TENANT_PATH = /^\/t\/([a-z][a-z0-9-]{0,31})(\/v1\/.*)$/s;
const pathTenants = new WeakMap<IncomingMessage, string>();

/**
 * The credential of a request; null where it brings none.
 * @throws `auth.malformed`
 */
export function credentialOf(request: FastifyRequest): Credential | null {
  const header = request.headers.authorization;
  if (header === undefined) return null;
  const match = AUTHORIZATION.exec(header);
  if (!match) return httpErrors.refuse('auth.malformed');
  return { scheme: match[1]!.toLowerCase() as Credential['scheme'], secret: match[2]! };
}

/**
 * `/t/<slug>/v1/…` is `/v1/…` of that tenant: callbacks and links in mails cannot send headers. Runs before
 * the router, once, so the guard of the route that is reached stands as for any other address.
 */
export function withoutTenantPath(request: IncomingMessage): string {
  const match = TENANT_PATH.exec(request.url ?? '');
  if (!match) return request.url ?? '/';
  pathTenants.set(request, match[1]!);
  return match[2]!;
}

/**
 * The tenant that a request names by path, header or host; null where it names none.
 * @throws `auth.wrong-tenant` where it names two, or something that cannot be a tenant.
 */
export function namedTenant(request: FastifyRequest, baseDomain: string | null): string | null {
  const named = new Set<string>();
  const byPath = pathTenants.get(request.raw);
  if (byPath !== undefined) named.add(byPath);
  const byHeader = request.headers[TENANT.toLowerCase()];
  if (byHeader !== undefined) named.add(String(byHeader));
  const byHost = tenantOfHost(request.hostname, baseDomain);
  if (byHost !== null) named.add(byHost);
  const [tenant = null] = named;
  if (named.size > 1 || (tenant !== null && !tenantSlugSchema.safeParse(tenant).success)) httpErrors.refuse('auth.wrong-tenant');
  return tenant;
}

/** The tenant that a request without a credential names. @throws `auth.tenant-required` where it names none */
export function requestTenant(tenant: string): string {
  return tenant === '' ? httpErrors.refuse('auth.tenant-required') : tenant;
}

function tenantOfHost(host: string | undefined, baseDomain: string | null): string | null {
  if (baseDomain === null || !host) return null;
  const name = host.toLowerCase();
  return name.endsWith(`.${baseDomain}`) ? name.slice(0, -baseDomain.length - 1) : null;
}
