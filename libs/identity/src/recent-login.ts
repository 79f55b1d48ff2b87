// For what is asked only of who has just proved who he is.
import type { RequestContext } from '#http/request-context.js';
import { loginErrors } from './login.errors.js';

const RECENT_MS = 10 * 60_000;

/** @throws `login.not-recent` where the user of the session proved who he is more than ten minutes ago */
export function mustBeRecent({ principal, now }: Pick<RequestContext, 'principal' | 'now'>): void {
  if (Date.parse(now) - Date.parse(principal.person!.authenticatedAt) > RECENT_MS) loginErrors.refuse('login.not-recent');
}
