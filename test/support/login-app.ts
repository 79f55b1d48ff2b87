// The whole API in this process, over a real installation with a clock of the test's own, with a vendor and people who
// log in; what is not the matter of a test is made past the doors.
import { rmSync } from 'node:fs';
import type { AddressInfo } from 'node:net';
import { AppModule } from '#api/app.module.js';
import { rightsViews } from '#catalogue/rights.js';
import { errors } from '#catalogue/errors.js';
import { createHttpApp } from '#http/bootstrap.js';
import type { HttpOptions } from '#http/http-options.js';
import { createLog } from '#http/log.js';
import { operatorCommand, type OperatorPorts } from '#http/operator.js';
import type { IdentityOptions } from '#identity/identity.module.js';
import { SignIn } from '#identity/sign-in.js';
import { roles } from '#identity/roles.js';
import { createToken } from '#identity/token.operator.js';
import { user } from '#identity/user.js';
import { openInstallation, type Installation } from '#installation/installation.js';
import { operatorPorts } from '#installation/testing/operator-ports.js';
import { Clock } from '#kernel/clock.js';
import { newId } from '#kernel/ids.js';
import { BUILT_IN_ROLES } from '#kernel/permissions.js';
import { contact } from '#organizations/contact.js';
import { tenant } from '#tenants/tenant.js';
import { createTenant } from '#tenants/tenant.operator.js';
import { browserOf, type Browser } from './browser.js';
import { clientOf, Positions, type Answer, type Client } from './client.js';
import { temporaryFolder } from './server.js';

/** Status and code of an answer. */
export function codeOf({ status, body }: Answer): readonly unknown[] {
  return [status, body.code];
}

export const PASSWORD = 'violet tram under rain';

export class MovingClock extends Clock {
  instant = '2026-06-01T12:00:00.000Z';

  now(): string {
    return this.instant;
  }

  pass(ms: number): void {
    this.instant = new Date(Date.parse(this.instant) + ms).toISOString();
  }
}

export interface Known {
  readonly id: string;
  readonly email: string;
}

export interface LoginApp {
  readonly url: string;
  readonly clock: MovingClock;
  readonly installation: Installation;
  readonly logged: string[];
  readonly signIn: SignIn;
  /** Waits until everything that was written counts. */
  settle(): Promise<void>;
  /** Lets time go by, once everything counts that was written before. */
  pass(ms: number): Promise<void>;
  /** A token of an administrator of the vendor `acme`. */
  readonly staff: Client;
  readonly positions: Positions;
  /** A new browser with the portal of a vendor open. */
  browser(tenant?: string): Browser;
  /** A person with a login but no password yet. `roles`: of staff those for staff; of a customer personal ones. */
  person(name: string, kind: 'staff' | 'customer', roles: readonly string[]): Promise<Known>;
  customer(name: string): Promise<Known>;
  administrator(name: string): Promise<Known>;
  /** Gives a password that need not be changed. */
  ready(person: Promise<Known>): Promise<Known>;
  /** A browser in which somebody has logged in; an administrator by a second factor too. */
  loggedIn(person: Known, password?: string): Promise<Browser>;
  /** A command past the doors, in the vendor's name; answers once it counts. */
  command(send: (ports: OperatorPorts, ctx: ReturnType<typeof operatorCommand>) => Promise<unknown>): Promise<void>;
  close(): Promise<void>;
}

export async function openLoginApp(
  settings: Partial<HttpOptions> = {},
  identity: Partial<IdentityOptions> = {},
): Promise<LoginApp> {
  const folder = temporaryFolder();
  const clock = new MovingClock();
  const installation = await openInstallation({ dataDir: folder, clock });
  const logged: string[] = [];
  const limits = { rateLimitCredential: 0, rateLimitLicenseKey: 0, rateLimitAddress: 0 };
  const log = createLog('debug', { write: (line: string) => void logged.push(line) });
  const { app } = await createHttpApp(
    AppModule.of(installation, identity),
    { errors, waitMs: 10_000, ...limits, ...settings },
    log,
  );
  await app.listen(0, '127.0.0.1');
  const url = `http://127.0.0.1:${(app.getHttpServer().address() as AddressInfo).port}`;
  const ports = operatorPorts(installation);
  const give = () => operatorCommand(ports, 'acme');
  const held = BUILT_IN_ROLES.administrator.grants.map((grant) => ({ ...grant }));
  await createTenant(ports, { slug: 'acme', name: 'Acme', legalEntity: 'Acme' });
  await ports.commands.send(tenant, 'acme', 'setCustomerLogin', { mode: 'users' }, give());
  const plain = { tenant: 'acme', name: 'T', grants: null, organizationId: null, expiresAt: null };
  const { secret } = await createToken(ports, { ...plain, role: 'administrator' });
  const positions = new Positions();
  const staff = clientOf(url, { authorization: `Bearer ${secret}` }, positions);
  const browser = (of = 'acme') => browserOf(url, of, positions, () => Date.parse(clock.instant));
  const person: LoginApp['person'] = async (name, kind, given) => {
    const [id, email] = [newId(), `${name}@globex.example`];
    await ports.commands.send(contact, id, 'add', { name, email }, give());
    const first = kind === 'staff' ? null : [...given];
    await ports.commands.send(user, id, 'create', { kind, roles: first, way: 'staff', held }, give());
    if (kind === 'staff')
      await ports.commands.send(roles, 'acme', 'setStaffRoles', { userId: id, roles: [...given], held }, give());
    await settle();
    return { id, email };
  };
  const ready: LoginApp['ready'] = async (making) => {
    const known = await making;
    await staff.done(`/v1/users/${known.id}/set-password`, { password: 'a tin whistle for bees' });
    const own = browser();
    await own.login(known.email, 'a tin whistle for bees');
    await own.done('/v1/me/password', { current: 'a tin whistle for bees', next: PASSWORD });
    await own.done('/v1/logout');
    return known;
  };
  const settle = async () => {
    const head = await installation.events.head();
    positions.note(head);
    await Promise.all(rightsViews.map((view) => installation.freshness.waitFor(view, head, 10_000)));
  };
  const pass = async (ms: number) => {
    await settle();
    clock.pass(ms);
  };
  const loggedIn: LoginApp['loggedIn'] = async ({ email }, password = PASSWORD) => {
    const own = browser();
    await own.login(email, password);
    return own;
  };
  const command: LoginApp['command'] = async (send) => {
    await send(ports, give());
    await settle();
  };
  const close = async () => {
    await app.close();
    await installation.close();
    rmSync(folder, { recursive: true });
  };
  const signIn = app.get(SignIn, { strict: false });
  const people = {
    person,
    customer: (name: string) => person(name, 'customer', ['authorized-user']),
    administrator: (name: string) => person(name, 'staff', ['administrator']),
    ready,
    loggedIn,
  };
  return { ...people, signIn, settle, pass, command, url, clock, installation, logged, staff, positions, browser, close };
}
