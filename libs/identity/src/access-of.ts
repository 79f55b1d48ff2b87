// What a person may do, and whether he must have a second factor, from the two documents that say it.
import type { JsonObject } from '#kernel/json.js';
import type { Found } from '#read-models/document.js';
import type { View } from '#read-models/view.js';
import { accessRulesView, FIRST_RULES, type AccessRulesDoc } from './access-rules.view.js';
import { accessView, type AccessDoc } from './access.view.js';
import { closedUntil } from './login-closed.js';
import { personOf, type Access } from './rights-of.js';
import { needsFactor } from './factors/second-step.js';
import { roleBookOf } from './role-book.js';

/** Reads a document of the tenant, from wherever the caller wants it read. */
export type ReadDoc = <Doc extends JsonObject>(view: View<Doc>, key: string) => Promise<Pick<Found<Doc>, 'text' | 'doc'> | null>;

export interface KnownAccess {
  readonly doc: AccessDoc | null;
  readonly access: Access;
  /** A session that was begun before does not count. */
  readonly sessionsFrom: string;
  readonly needsFactor: boolean;
}

/** What was made of two documents, by their texts: while these are the same, so is the answer. */
interface Made {
  readonly text: string;
  readonly rules: string;
  readonly known: KnownAccess;
}

/**
 * Of the people who ask. Somebody who belongs to ten organizations has hundreds of rights, and every request of his
 * asks for them all; his documents change once in months.
 */
const made = new Map<string, Made>();
const MOST_MADE = 500;

export async function accessOf(readDoc: ReadDoc, tenant: string, userId: string): Promise<KnownAccess> {
  const [found, rules] = await Promise.all([readDoc(accessView, userId), readDoc(accessRulesView, tenant)]);
  if (!found) return accessBy(null, rules?.doc);
  const key = `${tenant} ${userId}`;
  const rulesText = rules?.text ?? '';
  const before = made.get(key);
  if (before?.text === found.text && before.rules === rulesText) return before.known;
  const known = accessBy(found.doc, rules?.doc);
  if (made.size >= MOST_MADE) made.clear();
  made.set(key, { text: found.text, rules: rulesText, known });
  return known;
}

function accessBy(doc: AccessDoc | null, rules: AccessRulesDoc = FIRST_RULES): KnownAccess {
  const { roles, customerLogin, closed, factorPolicy } = rules;
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
