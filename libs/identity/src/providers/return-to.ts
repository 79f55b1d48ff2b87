// Where a browser goes once it is back from a provider: a path of this very server, or nowhere.
import { z } from 'zod';

const SOMEWHERE = 'https://keyledger.invalid';

/** A browser takes `//host`, `/\host` and controls before a slash for another host (WHATWG URL). */
function isPath(text: string): boolean {
  if (!/^\/(?![/\\])[\x21-\x5b\x5d-\x7e]*$/.test(text) || !URL.canParse(text, SOMEWHERE)) return false;
  const { origin, pathname } = new URL(text, SOMEWHERE);
  return origin === SOMEWHERE && !pathname.startsWith('//');
}

export const returnToSchema = z
  .string()
  .max(1000)
  .refine(isPath, 'must be a path on this server, such as /t/acme/')
  .meta({ description: 'Where the browser goes at last: a path on this server.' });

/** What a page is answered that sends somebody to a provider. */
export const setOutSchema = z.strictObject({ location: z.url().meta({ description: 'Where the page sends the browser now.' }) });

/** The path with what became of the login, for the page there to tell. */
export function withOutcome(returnTo: string, outcome: Readonly<Record<string, string>>): string {
  const url = new URL(returnTo, SOMEWHERE);
  for (const [name, value] of Object.entries(outcome)) url.searchParams.set(name, value);
  return url.pathname + url.search + url.hash;
}
