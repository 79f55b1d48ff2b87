// What the vendor's outbox tells of a mail: how stories get at the codes that people are sent.
import type { Client } from './client.js';
import { until } from './until.js';

/**
 * The first group of what is looked for, out of the newest mail to a contact that holds it; waits for that mail, and for
 * something else than what an earlier one told.
 */
export async function mailed(staff: Pick<Client, 'read'>, contactId: string, wanted: RegExp, than?: string): Promise<string> {
  let found: string | undefined;
  await until(async () => {
    const { data } = await staff.read(`/v1/outbox?contactId=${contactId}`);
    for (const { id } of data as { id: string }[]) {
      found = wanted.exec((await staff.read(`/v1/outbox/${id}`)).text)?.[1];
      if (found) return found !== than;
    }
    return false;
  });
  return found!;
}
