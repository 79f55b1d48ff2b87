// By what an authenticator names the person of a passkey (WebAuthn Level 3, §14.6.1): ids alone, at most 64 bytes, and
// the tenant with them, because vendors may share a host.
import { idSchema } from '#kernel/ids.js';

const DIVIDER = '/';

export function userHandle(tenant: string, userId: string): Uint8Array<ArrayBuffer> {
  return new TextEncoder().encode(`${tenant}${DIVIDER}${userId}`);
}

/** The user of this tenant that a handle names; null where it names none. */
export function userOfHandle(tenant: string, handle: string): string | null {
  const [slug, userId, ...rest] = Buffer.from(handle, 'base64url').toString().split(DIVIDER);
  return slug === tenant && rest.length === 0 && idSchema.safeParse(userId).success ? userId! : null;
}
