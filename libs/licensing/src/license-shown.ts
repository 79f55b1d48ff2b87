// A license as lists show it, written when its document is: the text of the answer with gaps for the names of others, and
// beside it what changes with time alone, as a table of instants. A page then neither parses nor serializes 25 documents.
// All of it is UTF-8 with a character for each byte (`utf8Text`).
import { addPeriod } from '#kernel/periods.js';
import { utf8Text } from '#kernel/text.js';
import type { LicenseFacts } from './license-facts.js';
import {
  expiringSoonFrom,
  graceEndsAt,
  isSuspendedAt,
  LICENSE_STATUSES,
  releaseBudgetAt,
  seatsAt,
  statusAt,
} from './license-status.js';

/** What lists show of a license's document. */
export interface Listed {
  readonly id: string;
  readonly name: string | null;
  readonly maskedKey: string;
  readonly facts: LicenseFacts;
  readonly issuedAt: string;
  readonly changedAt: string;
  readonly revision: number;
}

/** No JSON text has a line break in it. */
const SEPARATOR = '\n';
/** Before all instants. */
const EVER = '0000-01-01T00:00:00.000Z';
/** Characters of an entry of the table: a letter for the status, one for seats and budget, and the instant at which it ends. */
const STATE = 2;
const ENTRY = STATE + EVER.length;
/** With more, reading the document takes less than looking through the table. */
const MOST_ENTRIES = 40;
/** A letter for each status; a capital one where the license's own suspension is in force. */
const LETTERS = 'abcdefghijklmnopqrstuvwxyz';
const LAST_CAPITAL = 'Z';
const FIRST_TEXT = '0'.charCodeAt(0);
/** What masks a symbol of a key, and what is kept in its place, so that most texts are of one byte per character by themselves. */
const HIDDEN = '•';
const STANDS_FOR_HIDDEN = '*';

export function seatsAndBudgetAt(facts: LicenseFacts, t: string) {
  const { total, window, exhausted } = releaseBudgetAt(facts, t);
  return {
    activations: seatsAt(facts, t),
    deactivations: {
      allowed: total.allowed,
      used: total.used,
      window,
      exhausted: exhausted !== null,
      resetsAt: exhausted?.resetsAt ?? null,
    },
  };
}

/** Every instant at which the status may become another. */
function statusInstants(facts: LicenseFacts): (string | null | undefined)[] {
  const { effectiveFrom, expiresAt, suspension, revokedFrom } = facts;
  const ends = [expiresAt, graceEndsAt(facts), expiringSoonFrom(facts)];
  return [effectiveFrom, ...ends, suspension?.from, suspension?.until, revokedFrom];
}

/** Every instant at which seats or budget may become others. */
function limitInstants({ terms, overrides, released, revokedFrom }: LicenseFacts): (string | null)[] {
  const windows = [terms.deactivations.window, ...overrides.map(({ limits }) => limits.deactivations?.window)];
  const periods = new Set(windows.flatMap((window) => window?.period ?? []));
  const leaving = [...periods].flatMap((period) => released.recent.map((at) => addPeriod(at, period)));
  return [revokedFrom, ...overrides.map(({ effectiveAt }) => effectiveAt), ...leaving];
}

/** The table, and the texts of seats and budget that it points to; null where it would be too long. */
function timeline(facts: LicenseFacts): { readonly table: string; readonly texts: readonly string[] } | null {
  const limits = new Set<string | null>([EVER, ...limitInstants(facts)]);
  const instants = [...new Set([...limits, ...statusInstants(facts)])].filter((at) => typeof at === 'string').sort();
  if (instants.length > MOST_ENTRIES) return null;
  const texts: string[] = [];
  let table = '';
  let before = '';
  let text = 0;
  for (const at of instants) {
    if (limits.has(at)) text = numberOf(texts, limitsText(facts, at));
    const letter = LETTERS[LICENSE_STATUSES.indexOf(statusAt(facts, at))]!;
    const entry = (isSuspendedAt(facts, at) ? letter.toUpperCase() : letter) + String.fromCharCode(FIRST_TEXT + text);
    if (entry !== before) table += before === '' ? entry : at + entry;
    before = entry;
  }
  return { table, texts };
}

/** The members of {@link seatsAndBudgetAt}. */
function limitsText(facts: LicenseFacts, t: string): string {
  const { activations, deactivations } = seatsAndBudgetAt(facts, t);
  const seats = `"allowed":${activations.allowed},"used":${activations.used},"overAllocated":${activations.overAllocated}`;
  const { allowed, used, window, exhausted, resetsAt } = deactivations;
  const within = window ? `{"allowed":${window.allowed},"used":${window.used},"period":"${window.period}"}` : 'null';
  const budget = `"allowed":${allowed},"used":${used},"window":${within},"exhausted":${exhausted},"resetsAt":${textOrNull(resetsAt)}`;
  return `"activations":{${seats}},"deactivations":{${budget}}`;
}

/** JSON of what has nothing to be escaped: an id, an instant. */
function textOrNull(value: string | null): string {
  return value === null ? 'null' : `"${value}"`;
}

function numberOf(texts: string[], text: string): number {
  const known = texts.indexOf(text);
  return known < 0 ? texts.push(text) - 1 : known;
}

/** Empty where it takes the document to show the license. */
export function shownLicense({ id, name, maskedKey, facts, issuedAt, changedAt, revision }: Listed): string {
  const times = timeline(facts);
  if (!times) return '';
  const { productId, policyId, policyVersion, organizationId, contactId, effectiveFrom, expiresAt, maintenanceEndsAt } = facts;
  return [
    times.table,
    productId,
    organizationId ?? '',
    contactId ?? '',
    `{"id":"${id}","name":${utf8Text(JSON.stringify(name))}`,
    maskedKey.replaceAll(HIDDEN, STANDS_FOR_HIDDEN),
    `,"effectiveFrom":"${effectiveFrom}","expiresAt":${textOrNull(expiresAt)},"graceEndsAt":${textOrNull(graceEndsAt(facts))},"maintenanceEndsAt":${textOrNull(maintenanceEndsAt)},`,
    `,"revision":${revision},"policy":{"id":"${policyId}","version":${policyVersion}}`,
    `,"issuedAt":"${issuedAt}","changedAt":"${changedAt}"}`,
    ...times.texts,
  ].join(SEPARATOR);
}

/** Whom a license that is shown belongs to, and what it is for. */
export type Owned = Pick<LicenseFacts, 'productId' | 'organizationId' | 'contactId'>;

/** What is joined to it. */
export interface ShownNames {
  /** JSON of a name, a character for each of its bytes; `null` where nobody knows it. */
  readonly product: (id: string) => string;
  readonly owner: (id: string) => string;
  readonly isSuspended: (ownerId: string) => boolean;
}

/** What {@link shownLicense} wrote, taken apart. */
export class ShownLicense implements Owned {
  private readonly parts: readonly string[];

  constructor(shown: string) {
    this.parts = shown.split(SEPARATOR);
  }

  get productId(): string {
    return this.parts[1]!;
  }

  get organizationId(): string | null {
    return this.parts[2] || null;
  }

  get contactId(): string | null {
    return this.parts[3] || null;
  }

  /** JSON of the license as `licenseItem` shows it at `t`, a character for each of its bytes. */
  text({ product, owner, isSuspended }: ShownNames, t: string): string {
    const [table, productId, organizationId, contactId, head, mask, ends, policy, tail] = this.parts as Fixed;
    let at = 0;
    while (at + STATE < table.length && table.slice(at + STATE, at + ENTRY) <= t) at += ENTRY;
    const letter = table[at]!;
    const status = LICENSE_STATUSES[LETTERS.indexOf(letter.toLowerCase())]!;
    const suspendedBy =
      letter <= LAST_CAPITAL
        ? '"license"'
        : organizationId && isSuspended(organizationId)
          ? '"organization"'
          : contactId && isSuspended(contactId)
            ? '"contact"'
            : 'null';
    const limits = this.parts[FIXED + table.charCodeAt(at + 1) - FIRST_TEXT]!;
    const named = (id: string) => (id ? `{"id":"${id}","name":${owner(id)}}` : 'null');
    return `${head},"maskedKey":"${keyOf(mask)}","product":{"id":"${productId}","name":${product(productId)}},"status":"${status}","suspendedBy":${suspendedBy}${ends}${limits}${policy},"organization":${named(organizationId)},"contact":${named(contactId)}${tail}`;
  }
}

type Fixed = readonly [string, string, string, string, string, string, string, string, string];
/** Parts before the texts of seats and budget. */
const FIXED = 9;

/** The hidden parts of keys that were met: there are as many as formats of keys. */
const hiddenParts = new Map<string, string>();

function keyOf(mask: string): string {
  const last = mask.lastIndexOf('-') + 1;
  const kept = mask.slice(0, last);
  const hidden = hiddenParts.get(kept) ?? utf8Text(kept.replaceAll(STANDS_FOR_HIDDEN, HIDDEN));
  hiddenParts.set(kept, hidden);
  return hidden + mask.slice(last);
}
