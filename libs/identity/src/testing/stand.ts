// What stands in for a provider in tests: the product's own adapter before a provider that others wrote, on this machine.
import type { LoginWay, Round } from '../providers/identity-assertion.js';
import type { ProviderSettings } from '../providers/provider.js';

/** Claims or members of a profile, beside or instead of the usual ones; undefined takes one away. */
export type Said = Readonly<Record<string, unknown>>;

/** The provider answers with this status from now on, or never; null: as it should. */
export type Trouble = number | 'silence' | null;

/** How long a provider of a test may take: as short as a machine under load allows. */
export const PATIENCE_MS = 2_000;

export interface Stand {
  readonly way: LoginWay;
  readonly settings: ProviderSettings;
  /** Somebody goes where he is sent, says yes to everything, and comes back with this query. */
  visit(location: string, said?: Said): Promise<URLSearchParams>;
  breakDown(how: Trouble): void;
  dispose(): Promise<void>;
}

export const settingsFor = (kind: ProviderSettings['kind'], more: Partial<ProviderSettings> = {}): ProviderSettings => ({
  ...{ kind, name: kind, clientId: 'client-1', clientSecret: 'hush', issuer: null, directories: null, graphVersion: null },
  ...{ personalAccounts: false, trustsEmail: false, trustsAmr: false },
  ...more,
});

export function roundFor({ settings }: Stand, number = 1): Round {
  return {
    provider: '01j00000000000000000000051',
    settings,
    redirectUri: 'http://localhost:8080/t/acme/v1/login/01j00000000000000000000051/callback',
    state: `state-${number}-${'s'.repeat(30)}`,
    nonce: `nonce-${number}-${'n'.repeat(30)}`,
  };
}

/** The query with which a provider sends somebody back who was sent to `location`. */
export async function sentBackFrom(location: string): Promise<URLSearchParams> {
  const answer = await fetch(location, { redirect: 'manual' });
  const back = answer.headers.get('location');
  if (back === null) throw new Error(`the provider answered ${answer.status}: ${await answer.text()}`);
  return new URL(back).searchParams;
}
