// The code of an invitation: its id, a dot, and 132 bits that nobody can guess. They are the keyed hash of the command
// that makes the code, under a key of the tenant: a command that is sent again makes the same code, so a mail that a
// crash swallowed goes out after all, and yet the code stands nowhere.
import type { Keyring } from '#event-store/keyring.js';
import { idSchema } from '#kernel/ids.js';
import { hashSecret } from './token-secret.js';

const SECRET_CHARACTERS = 22;
const CODE = /^([0-9a-z]{26})\.([A-Za-z0-9_-]{22})$/;

export interface InvitationCode {
  readonly code: string;
  /** All that is kept of it. */
  readonly codeHash: string;
}

/** @param mailed a code that is mailed is never the one that the same command would have shown to who gives it */
export async function makeCode(
  keyring: Keyring,
  tenant: string,
  id: string,
  { commandId, mailed }: { readonly commandId: string; readonly mailed: boolean },
): Promise<InvitationCode> {
  const made = await keyring.hash(tenant, 'invitation-code', JSON.stringify([id, commandId, mailed ? 'mailed' : 'shown']));
  const secret = made.slice(0, SECRET_CHARACTERS);
  return { code: `${id}.${secret}`, codeHash: hashSecret(secret) };
}

/** The invitation that a code names, and the hash of its secret; null for what cannot be a code. */
export function readCode(code: string): { readonly id: string; readonly codeHash: string } | null {
  const [, id, secret] = CODE.exec(code) ?? [];
  return id !== undefined && secret !== undefined && idSchema.safeParse(id).success ? { id, codeHash: hashSecret(secret) } : null;
}
