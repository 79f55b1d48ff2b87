import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { inspect } from 'node:util';
import { describe, expect, it } from '@jest/globals';
import { ConfigError, loadConfig, printableConfig, settings } from './config.js';

const KEY = Buffer.alloc(32, 7).toString('base64');

function problemsOf(env: Record<string, string>): readonly string[] {
  try {
    loadConfig(env);
  } catch (error) {
    if (error instanceof ConfigError) return error.problems;
    throw error;
  }
  return [];
}

describe('the configuration', () => {
  it('runs embedded on this machine with nothing set', () => {
    expect(loadConfig({})).toEqual({
      mode: 'embedded',
      dataDir: './data',
      host: '127.0.0.1',
      port: 8080,
      logLevel: 'info',
      metricsHost: '127.0.0.1',
      bodyLimit: 100_000,
      waitMs: 2_000,
      accessLagMax: 5_000,
      rateLimitCredential: 1_200,
      rateLimitLicenseKey: 300,
      rateLimitAddress: 300,
      sessionIdleStaff: 30 * 60_000,
      sessionIdleCustomer: 12 * 3_600_000,
      sessionMaxStaff: 12 * 3_600_000,
      sessionMaxCustomer: 14 * 24 * 3_600_000,
      insecureLogin: 'refuse',
      stepUpAfter: 600_000,
      shutdownGrace: 0,
      shutdownDeadline: 20_000,
    });
  });

  it('takes what is set, and leaves other programs’ variables alone', () => {
    const config = loadConfig({
      PATH: 'x',
      KEYLEDGER_PORT: '0',
      KEYLEDGER_HOST: '::1',
      KEYLEDGER_PUBLIC_URL: 'https://licenses.example.com:8443/',
      KEYLEDGER_BASE_DOMAIN: 'Licenses.example.com',
      KEYLEDGER_TRUST_PROXY: '10.0.0.0/8, ::1, 192.0.2.7',
      KEYLEDGER_BODY_LIMIT: '1 MiB',
      KEYLEDGER_ACCESS_LAG_MAX: '2m',
      KEYLEDGER_SHUTDOWN_GRACE: '500ms',
      KEYLEDGER_MAIL_FROM: 'Acme licenses <licenses@example.com>',
    });
    expect(config).toMatchObject({
      port: 0,
      host: '::1',
      publicUrl: 'https://licenses.example.com:8443',
      baseDomain: 'licenses.example.com',
      trustProxy: ['10.0.0.0/8', '::1', '192.0.2.7'],
      bodyLimit: 1_048_576,
      accessLagMax: 120_000,
      shutdownGrace: 500,
      mailFrom: { name: 'Acme licenses', address: 'licenses@example.com' },
    });
  });

  it('counts an empty variable as unset', () => {
    expect(loadConfig({ KEYLEDGER_PORT: '', KEYLEDGER_MASTER_KEY: '', KEYLEDGER_MASTER_KEY_FILE: '' }).port).toBe(8080);
  });

  it.each([
    ['MODE', 'clustr'],
    ['HOST', 'not a host'],
    ['PORT', '70000'],
    ['PORT', '-1'],
    ['PORT', '8e3'],
    ['PUBLIC_URL', 'licenses.example.com'],
    ['PUBLIC_URL', 'ftp://example.com'],
    ['PUBLIC_URL', 'https://example.com/licenses'],
    ['PUBLIC_URL', 'https://me:secret@example.com'],
    ['BASE_DOMAIN', '-example.com'],
    ['TRUST_PROXY', 'everyone'],
    ['TRUST_PROXY', '10.0.0.0/99'],
    ['TRUST_PROXY', '10.0.0.1,'],
    ['LOG_LEVEL', 'loud'],
    ['BODY_LIMIT', '11MB'],
    ['BODY_LIMIT', '0'],
    ['BODY_LIMIT', '100 kilobytes'],
    ['WAIT_MS', '5001'],
    ['ACCESS_LAG_MAX', '5'],
    ['ACCESS_LAG_MAX', '0s'],
    ['RATE_LIMIT_CREDENTIAL', 'many'],
    ['RATE_LIMIT_LICENSE_KEY', '1.5'],
    ['RATE_LIMIT_ADDRESS', '-1'],
    ['SHUTDOWN_GRACE', '1h'],
    ['SHUTDOWN_DEADLINE', '0s'],
    ['MAIL_FROM', 'nobody'],
    ['MAIL_FROM', 'a@example.com, b@example.com'],
    ['MAIL_FROM', 'Acme <a@example.com> <b@example.com>'],
    ['MAIL_FROM', 'Acme\r\nBcc: b@example.com <a@example.com>'],
  ])('refuses KEYLEDGER_%s=%s by its name, and says what is allowed', (name, value) => {
    const { allowed } = settings.find(({ variable }) => variable === `KEYLEDGER_${name}`)!;
    const problems = problemsOf({ [`KEYLEDGER_${name}`]: value });
    expect(problems).toHaveLength(1);
    expect(problems[0]).toContain(`KEYLEDGER_${name} is ${JSON.stringify(value)}`);
    expect(problems[0]).toContain(`it must be ${allowed}.`);
  });

  it('says that cluster mode is not part of this version', () => {
    expect(problemsOf({ KEYLEDGER_MODE: 'cluster' })).toEqual([
      'KEYLEDGER_MODE is "cluster" (cluster mode is not part of this version); it must be `embedded`.',
    ]);
  });

  it('takes a name that was cut short for the one that it begins', () => {
    expect(problemsOf({ KEYLEDGER_DATA: 'x' })).toEqual([
      'KEYLEDGER_DATA is not a setting; the nearest one is KEYLEDGER_DATA_DIR.',
    ]);
  });

  it('names the nearest setting for one that it does not know, and all mistakes at once', () => {
    expect(problemsOf({ KEYLEDGER_PROT: '1', KEYLEDGER_DATADIR: 'x', KEYLEDGER_PORT: 'x' })).toEqual([
      'KEYLEDGER_PROT is not a setting; the nearest one is KEYLEDGER_PORT.',
      'KEYLEDGER_DATADIR is not a setting; the nearest one is KEYLEDGER_DATA_DIR.',
      'KEYLEDGER_PORT is "x"; it must be a whole number from 0 to 65535.',
    ]);
  });
});

describe('the master key', () => {
  it('comes from the variable or from a file', () => {
    const folder = mkdtempSync(join(tmpdir(), 'keyledger-config-'));
    try {
      const file = join(folder, 'master.key');
      writeFileSync(file, `${KEY}\n`);
      for (const env of [{ KEYLEDGER_MASTER_KEY: KEY }, { KEYLEDGER_MASTER_KEY_FILE: file }]) {
        expect(loadConfig(env).masterKey?.reveal()).toEqual(new Uint8Array(32).fill(7));
      }
    } finally {
      rmSync(folder, { recursive: true });
    }
  });

  it('is refused in both places, from a missing file, and in a wrong form, without being shown', () => {
    expect(problemsOf({ KEYLEDGER_MASTER_KEY: KEY, KEYLEDGER_MASTER_KEY_FILE: 'x' })[0]).toContain('are both set');
    expect(problemsOf({ KEYLEDGER_MASTER_KEY_FILE: '/missing/key' })[0]).toContain('cannot be read (ENOENT)');
    for (const wrong of ['hunter2', Buffer.alloc(31, 7).toString('base64'), `${KEY.slice(0, -2)}*=`]) {
      const [problem] = problemsOf({ KEYLEDGER_MASTER_KEY: wrong });
      expect(problem).toContain('KEYLEDGER_MASTER_KEY is not well-formed; it must be 32 bytes in base64');
      expect(problem).not.toContain(wrong);
    }
  });

  it('stands in no printout', () => {
    const config = loadConfig({ KEYLEDGER_MASTER_KEY: KEY });
    expect(printableConfig(config)).toMatchObject({
      KEYLEDGER_PORT: 8080,
      KEYLEDGER_MASTER_KEY: '<set>',
      KEYLEDGER_PUBLIC_URL: '<not set>',
    });
    for (const printed of [JSON.stringify(config), inspect(config, { depth: 9 }), String(config.masterKey)]) {
      expect(printed).not.toMatch(/BwcHBw|7,\s*7/);
    }
  });
});

describe('the server of mails', () => {
  const url = 'smtps://acme:hunter2@mail.example.com';

  it('needs an address to send from, and shows its login to nobody', () => {
    expect(problemsOf({ KEYLEDGER_SMTP_URL: url })).toEqual([
      expect.stringMatching(/^KEYLEDGER_MAIL_FROM is not set \(mails are sent from it\); it must be an e-mail address/),
    ]);
    const config = loadConfig({ KEYLEDGER_SMTP_URL: url, KEYLEDGER_MAIL_FROM: 'licenses@example.com' });
    expect(config.smtpUrl?.reveal().hostname).toBe('mail.example.com');
    expect(config.mailFrom).toEqual({ name: '', address: 'licenses@example.com' });
    expect(JSON.stringify(printableConfig(config)) + inspect(config, { depth: 9 })).not.toContain('hunter2');
  });

  it.each(['acme:hunter2@mail.example.com', 'http://acme:hunter2@mail.example.com', `${url}/x`, `${url}?tls=no`])(
    'is refused as %s',
    (wrong) => {
      const [problem] = problemsOf({ KEYLEDGER_SMTP_URL: wrong });
      expect(problem).toContain('KEYLEDGER_SMTP_URL is not well-formed');
      expect(problem).not.toContain('hunter2');
    },
  );
});

it('every setting has words for its reference page', () => {
  for (const { variable, description, allowed } of settings) {
    expect([variable, description, allowed]).toEqual([
      expect.stringMatching(/^KEYLEDGER_[A-Z_]+$/),
      expect.stringMatching(/\.$/),
      expect.stringMatching(/[^.]$/),
    ]);
  }
});
