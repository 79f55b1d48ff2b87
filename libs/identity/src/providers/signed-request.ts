// `signed_request`: how Facebook says that a request is its own (developers.facebook.com, "Parsing the Signed Request").
import { createHmac, timingSafeEqual } from 'node:crypto';
import { z } from 'zod';

const payloadSchema = z.object({ algorithm: z.literal('HMAC-SHA256'), user_id: z.string().min(1).max(500) });

/** The person of whom Facebook speaks, by its id for this app; null where it is not Facebook that speaks. */
export function signedUser(signedRequest: string, appSecret: string): string | null {
  const [signature, payload, ...more] = signedRequest.split('.');
  if (signature === undefined || payload === undefined || more.length > 0) return null;
  const right = createHmac('sha256', appSecret).update(payload).digest();
  const given = Buffer.from(signature, 'base64url');
  if (given.length !== right.length || !timingSafeEqual(given, right)) return null;
  try {
    return payloadSchema.safeParse(JSON.parse(Buffer.from(payload, 'base64url').toString())).data?.user_id ?? null;
  } catch {
    return null;
  }
}
