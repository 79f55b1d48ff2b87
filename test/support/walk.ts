// What the isolation walk does with a recorded case: sends it as somebody else, about other things, on other
// paths; and says where something of one vendor shows in another's answer.
import { randomBytes } from 'node:crypto';
import type { RawAnswer } from '#http/testing/raw-request.js';
import { newId } from '#kernel/ids.js';
import { bytesNeeded, makeKey } from '#licensing/license-key.js';
import { termsSchema } from '#licensing/terms.js';
import type { Case, Sending } from './tour.js';
import type { Visited } from './two-tours.js';

const ID = /\b[0-7][0-9a-hjkmnp-tv-z]{25}\b/g;
const HASH = /(?<![\w-])[\w-]{43}(?![\w-])/g;
const KEY = /\b(?:[0-9A-Z]{5}-){4}[0-9A-Z]{5}\b/g;
const FORMAT = termsSchema.parse({}).keyFormat;

/** Names of things in a text: ids, keyed hashes of devices, whole license keys. */
export function namesIn(text: string): readonly string[] {
  return [...new Set([ID, HASH, KEY].flatMap((pattern) => text.match(pattern) ?? []))];
}

/** A name of the same form that stands for nothing anywhere. */
function nobodys(name: string): string {
  if (name.length === 26) return newId();
  if (name.length === 43) return randomBytes(32).toString('base64url');
  return makeKey(FORMAT, randomBytes(bytesNeeded(FORMAT)));
}

export type Renaming = ReadonlyMap<string, string>;

/** For each of these names one that stands for nothing. */
export function intoNothing(names: readonly string[]): Renaming {
  return new Map(names.map((name) => [name, nobodys(name)]));
}

function renamed(text: string, renaming: Renaming): string {
  return [...renaming].reduce((all, [from, to]) => all.replaceAll(from, to), text);
}

/** The request with other names in its path and its body. */
export function about({ method, path, body }: Sending, renaming: Renaming): Sending {
  const other = body === undefined ? undefined : (JSON.parse(renamed(JSON.stringify(body), renaming)) as unknown);
  return { method, path: renamed(path, renaming), body: other };
}

export function textOf({ path, body }: Sending): string {
  return `${path} ${JSON.stringify(body ?? null)}`;
}

const VARYING = new Set(['date', 'content-length', 'x-request-id', 'keyledger-request-id', 'request-id', 'keyledger-position']);

/** An answer as it is compared with another: everything but what differs by chance. Names back to those of the first. */
export function comparable({ status, headers, text }: RawAnswer, renaming: Renaming = new Map()): unknown {
  const back: Renaming = new Map([...renaming].map(([from, to]) => [to, from]));
  const body = renamed(text, back)
    .replace(/"requestId":"[^"]*"/, '')
    .replace(/"(?:asOf|at)":"[^"]*"/g, '');
  return { status, body, headers: Object.keys(headers).filter((name) => !VARYING.has(name)) };
}

/** Everything by which something of a vendor would be recognised: names of things, secrets, words of its texts. */
export function marksOf({ tour, words }: Visited): readonly string[] {
  const said = tour.cases.map((each) => `${textOf(each)} ${each.answer.text}`).join('\n');
  const secrets = [...said.matchAll(/"secret":"([^"]+)"/g)].map(([, secret]) => secret!);
  return [...namesIn(said), ...secrets, words.vendor, words.own];
}

/** Marks that an answer shows without having been told them by the request. */
export function leaks(marks: readonly string[], asked: Sending, { text, headers }: RawAnswer): readonly string[] {
  const [question, answer] = [textOf(asked).toLowerCase(), `${text} ${JSON.stringify(headers)}`.toLowerCase()];
  return marks.filter((mark) => answer.includes(mark.toLowerCase()) && !question.includes(mark.toLowerCase()));
}

/** Spellings of a path that a careless router takes for the same place. */
export function variantsOf(path: string): readonly string[] {
  const [bare = '', query] = path.split('?');
  const asked = query === undefined ? '' : `?${query}`;
  const encoded = (text: string) => text.replace(/[a-z]/, (letter) => `%${letter.charCodeAt(0).toString(16)}`);
  const last = bare.lastIndexOf('/');
  return [
    bare.toUpperCase(),
    bare.replace('/', '//'),
    `${bare.slice(0, last)}/${bare.slice(last)}`,
    `${bare}/`,
    `${bare};x=1`,
    bare.replace(/^(\/[^/]+)/, '$1;x=1'),
    `${bare}%2F`,
    `/${bare.slice(1).replaceAll('/', '%2F')}`,
    `/${encoded(bare.slice(1))}`,
    `${bare.slice(0, last + 1)}${encoded(bare.slice(last + 1))}`,
    `/x/..${bare}`,
    `/.${bare}`,
    `${bare}/.`,
    `${bare}%00`,
    `${bare}.json`,
    `/health/..;${bare}`,
    `/health/live/..%2f..${bare}`,
    `/t/acme${bare}`,
    `/t/beta${bare}`,
  ].map((variant) => variant + asked);
}

export function titleOf({ method, route }: Pick<Case, 'method' | 'route'>): string {
  return `${method} ${route}`;
}
