// Somebody with a second factor.
import type { LoginApp } from './login-app.js';
import { addApp } from './second-factor.js';

/** A customer with an authenticator app, logged in, and what he has of it; the codes of now are not used yet. */
export async function withApp(app: LoginApp, name: string) {
  const person = await app.ready(app.customer(name));
  const browser = await app.loggedIn(person);
  const added = await addApp(browser, Date.parse(app.clock.instant));
  await app.pass(60_000);
  return { person, browser, ...added };
}
