// The whole product with a provider of each kind, of which each is stood in for, and people who come by them.
import { LoginWays } from '#identity/providers/login-ways.js';
import { facebookStand } from '#identity/testing/facebook-stand.js';
import { entraStand, googleStand, openIdStand } from '#identity/testing/openid-stands.js';
import type { Said, Stand } from '#identity/testing/stand.js';
import { openLoginApp, type LoginApp } from './login-app.js';
import { Traveller } from './traveller.js';

const KINDS = ['oidc', 'entra', 'google', 'facebook'] as const;
export type Kind = (typeof KINDS)[number];

/** How a provider says who somebody is, vouching for the address where it can. */
export const vouched: Record<Kind, (email: string) => Said> = {
  oidc: (email) => ({ sub: email, email, email_verified: true }),
  entra: (email) => ({ oid: email, email, xms_edov: true }),
  google: (email) => ({ sub: email, email, email_verified: true, hd: email.split('@')[1] }),
  facebook: (email) => ({ id: email, email }),
};

/** Why the browser was sent back; null where it was let in. */
export function refusal(location: string | null): string | null {
  return new URL(location!, 'http://x').searchParams.get('refused');
}

export class ProviderWorld {
  private number = 0;
  /** Of the providers that are set up from the beginning. */
  readonly ids = {} as Record<Kind, string>;

  private constructor(
    readonly app: LoginApp,
    readonly stands: Readonly<Record<Kind, Stand>>,
  ) {}

  static async open(): Promise<ProviderWorld> {
    const [oidc, entra, google, facebook] = await Promise.all([openIdStand(), entraStand(), googleStand(), facebookStand()]);
    const stands = { oidc, entra, google, facebook };
    const ways = new LoginWays({ oidc: oidc.way, entra: entra.way, google: google.way, facebook: facebook.way });
    const app = await openLoginApp({ publicUrl: 'http://localhost:8080' }, { loginWays: ways });
    const world = new ProviderWorld(app, stands);
    world.now();
    for (const kind of KINDS) world.ids[kind] = await world.addProvider(kind);
    return world;
  }

  /** Sets the clock to the time of day, with which providers sign. */
  now(): void {
    this.app.clock.instant = new Date().toISOString();
  }

  async addProvider(kind: Kind): Promise<string> {
    const own = { oidc: { issuer: this.stands.oidc.settings.issuer }, entra: { directories: null }, google: {}, facebook: {} };
    const fields = { kind, name: kind, clientId: 'client-1', clientSecret: 'hush', ...own[kind] };
    const { id } = await this.app.staff.done('/v1/login-providers', fields);
    await this.app.staff.done(`/v1/login-providers/${id}/enable`);
    return id as string;
  }

  /** A contact nobody has a login for. */
  async contact(): Promise<{ id: string; email: string }> {
    const email = `newcomer${++this.number}@globex.example`;
    const { id } = await this.app.staff.done('/v1/contacts', { name: `Newcomer ${this.number}`, email });
    return { id: id as string, email };
  }

  traveller(): Traveller {
    return new Traveller(this.app.url);
  }

  async close(): Promise<void> {
    await this.app.close();
    await Promise.all(KINDS.map((kind) => this.stands[kind].dispose()));
  }
}
