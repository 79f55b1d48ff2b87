// What a person may do, and whether he must have a second factor, from the two documents that say it.
import type { JsonObject } from '#kernel/json.js';
import type { View } from '#read-models/view.js';
import { accessRulesView, FIRST_RULES } from './access-rules.view.js';
import { accessView, type AccessDoc } from './access.view.js';
import { closedUntil } from './login-closed.js';
import { personOf, type Access } from './rights-of.js';
import { needsFactor } from './factors/second-step.js';
import { roleBookOf } from './role-book.js';

/** Reads a document of the tenant, from wherever the caller wants it read. */
export type ReadDoc = <Doc extends JsonObject>(view: View<Doc>, key: string) => Promise<Doc | null>;

export interface KnownAccess {
  readonly doc: AccessDoc | null;
  readonly access: Access;
  /** A session that was begun before does not count. */
  readonly sessionsFrom: string;
  readonly needsFactor: boolean;
}

export async function accessOf(readDoc: ReadDoc, tenant: string, userId: string): Promise<KnownAccess> {
  const [doc, rules] = await Promise.all([readDoc(accessView, userId), readDoc(accessRulesView, tenant)]);
  const { roles, customerLogin, closed, factorPolicy } = rules ?? FIRST_RULES;
  const book = roleBookOf(roles);
  // The vendor's own people come in whatever is decided of customers.
  const letInFrom = doc?.user?.kind === 'customer' ? closedUntil(closed, doc.placed) : '';
  const askedFrom = doc?.sessionsFrom ?? '';
  return {
    doc,
    access: personOf(doc, book, customerLogin),
    sessionsFrom: askedFrom > letInFrom ? askedFrom : letInFrom,
    needsFactor: doc !== null && needsFactor(doc, book, factorPolicy),
  };
}
