// The one body that the API reads: JSON in UTF-8, not nested too deep, without keys that poison prototypes. Where another
// program calls that cannot send JSON, its route says so and takes a form.
import { isUtf8 } from 'node:buffer';
import type { FastifyInstance } from 'fastify';
import { httpErrors } from './http-errors.js';

const DEEPEST = 32;

/**
 * Replaces all parsers of the server; another content type is refused by Fastify with 415.
 * @param forms the patterns of the routes that take a form
 */
export function onlyJsonBodies(server: FastifyInstance, forms: ReadonlySet<string>): void {
  const parse = server.getDefaultJsonParser('error', 'error');
  server.removeAllContentTypeParsers();
  takeForms(server, forms);
  server.addContentTypeParser('application/json', { parseAs: 'buffer' }, (request, bytes, done) => {
    const charset = /charset\s*=\s*"?([^\s;"]+)/i.exec(request.headers['content-type'] ?? '')?.[1];
    if (charset !== undefined && !/^utf-?8$/i.test(charset)) {
      done(httpErrors.error('request.unsupported-media-type'));
      return;
    }
    const text = bytes.toString('utf8');
    // Clients name the type also where they send nothing: the same as no body.
    if (text === '') {
      done(null, undefined);
      return;
    }
    if (!isUtf8(bytes as Buffer)) done(httpErrors.error('request.malformed-json', 'The body is not UTF-8.'));
    else if (tooDeep(text)) done(httpErrors.error('request.malformed-json', `The body is nested deeper than ${DEEPEST} levels.`));
    else
      void parse(request, text, (error, value) => {
        if (error) done(httpErrors.error('request.malformed-json', whatBreaks(text)), undefined);
        else if (isText(value)) done(null, value);
        else done(httpErrors.error('request.malformed-json', 'The body holds half a character.'));
      });
  });
}

function takeForms(server: FastifyInstance, forms: ReadonlySet<string>): void {
  server.addContentTypeParser('application/x-www-form-urlencoded', { parseAs: 'string' }, (request, text, done) => {
    if (!forms.has(request.routeOptions.url ?? '')) done(httpErrors.error('request.unsupported-media-type'));
    else done(null, Object.fromEntries(new URLSearchParams(String(text))));
  });
}

/** Why the parser refused: where the text breaks, or that a key of it is forbidden. */
function whatBreaks(text: string): string {
  try {
    JSON.parse(text);
    return 'The body holds a key that is not accepted: `__proto__`, or `constructor` with a `prototype`.';
  } catch (error) {
    const at = /position (\d+)/.exec(String(error))?.[1];
    return at === undefined ? 'The body is not JSON.' : `The body is not JSON: it breaks at character ${Number(at) + 1}.`;
  }
}

/** Counts brackets outside of strings, before anything is built from the text. */
function tooDeep(text: string): boolean {
  let depth = 0;
  let inString = false;
  for (let i = 0; i < text.length; i++) {
    const char = text.charCodeAt(i);
    if (inString) {
      if (char === 0x5c) i++;
      else if (char === 0x22) inString = false;
    } else if (char === 0x22) inString = true;
    else if (char === 0x7b || char === 0x5b) {
      if (++depth > DEEPEST) return true;
    } else if (char === 0x7d || char === 0x5d) depth--;
  }
  return false;
}

/** Whether all strings in it can be written in UTF-8: an escape may stand for half of a surrogate pair. */
function isText(value: unknown): boolean {
  if (typeof value === 'string') return !/\p{Cs}/u.test(value);
  if (typeof value !== 'object' || value === null) return true;
  return Object.entries(value).every(([name, member]) => isText(name) && isText(member));
}
