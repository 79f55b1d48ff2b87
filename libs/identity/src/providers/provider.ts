// Rules of login providers: set up switched off, of one kind for ever, gone once removed.
import { aggregateOf } from '#kernel/aggregate.js';
import type { DataOf } from '#kernel/events.js';
import { z } from 'zod';
import { providerErrors } from './provider.errors.js';
import { providerEvents } from './provider.events.js';
import { newProviderSchema, providerChangeSchema, settingsOf } from './provider-fields.js';

/** A provider as logins use it, secret included. */
export type ProviderSettings = Omit<DataOf<typeof providerEvents, 'LoginProviderConfigured'>, 'tenant' | 'providerId'>;

export interface ProviderState {
  /** Null while there is no provider, and once it is removed. */
  readonly settings: ProviderSettings | null;
  readonly enabled: boolean;
  readonly removed: boolean;
}

const nothing = z.strictObject({});

function settingsIn({ settings }: ProviderState): ProviderSettings {
  return settings ?? providerErrors.refuse('provider.not-found');
}

function isSame(one: ProviderSettings, other: ProviderSettings): boolean {
  const keys = Object.keys(one) as (keyof ProviderSettings)[];
  return keys.every((key) => JSON.stringify(one[key]) === JSON.stringify(other[key]));
}

export const provider = aggregateOf<ProviderState>()({
  name: 'provider',
  events: providerEvents,
  initial: { settings: null, enabled: false, removed: false },
  commands: {
    add: newProviderSchema,
    configure: providerChangeSchema,
    enable: nothing,
    disable: nothing,
    remove: nothing,
  },
  decide: {
    add: (fields, state, { id, tenant }) => {
      if (state.settings !== null || state.removed) providerErrors.refuse('provider.exists');
      const data = { providerId: id, tenant, ...settingsOf(fields), clientSecret: fields.clientSecret };
      return { type: 'LoginProviderConfigured', data };
    },
    configure: (fields, state, { id, tenant }) => {
      const before = settingsIn(state);
      if (before.kind !== fields.kind) providerErrors.refuse('provider.kind-fixed');
      const { clientSecret = before.clientSecret } = fields;
      const after = { ...settingsOf(fields), clientSecret };
      if (isSame(before, after)) return [];
      return { type: 'LoginProviderConfigured', data: { providerId: id, tenant, ...after } };
    },
    enable: (_, state, { id }) => {
      settingsIn(state);
      return state.enabled ? [] : { type: 'LoginProviderEnabled', data: { providerId: id } };
    },
    disable: (_, state, { id }) => {
      settingsIn(state);
      return state.enabled ? { type: 'LoginProviderDisabled', data: { providerId: id } } : [];
    },
    remove: (_, state, { id }) => {
      if (state.removed) return [];
      settingsIn(state);
      return { type: 'LoginProviderRemoved', data: { providerId: id } };
    },
  },
  evolve: {
    LoginProviderConfigured: (state, { tenant: _tenant, providerId: _id, ...settings }) => ({ ...state, settings }),
    LoginProviderEnabled: (state) => ({ ...state, enabled: true }),
    LoginProviderDisabled: (state) => ({ ...state, enabled: false }),
    LoginProviderRemoved: () => ({ settings: null, enabled: false, removed: true }),
  },
});
