// Every setting of the product, once: schema, default, and the words that the reference page prints.
import { z } from 'zod';
import { duration, hostName, keyBytes, mailbox, networks, origin, size, smtpUrl, wholeNumber } from './formats.js';

export interface SettingWords {
  /** What it does, in a sentence or two. */
  readonly description: string;
  /** Completes "it must be …". */
  readonly allowed: string;
  /** As one would write it into the variable; absent where unset means something of its own. */
  readonly default?: string;
  /** Never printed; may also come from a file that the variable `…_FILE` names. */
  readonly secret?: boolean;
}

function setting<T extends z.ZodType<unknown, string>>(schema: T, words: SettingWords & { readonly default: string }) {
  return schema.prefault(words.default as z.input<T>).meta({ ...words });
}

function optional<T extends z.ZodType>(schema: T, words: Omit<SettingWords, 'default'>) {
  return schema.optional().meta({ ...words });
}

const mode = z.string().transform((text, context) => {
  if (text === 'embedded') return text;
  context.addIssue(text === 'cluster' ? 'cluster mode is not part of this version' : 'no such mode');
  return z.NEVER;
});

const requestsPerMinute = wholeNumber(0, 1_000_000);
const REQUESTS = 'a whole number from 0 (no limit) to 1000000';

const schema = z.object({
  mode: setting(mode, {
    description: 'How the product runs: `embedded` is one process with SQLite files in the data folder.',
    allowed: '`embedded`',
    default: 'embedded',
  }),
  dataDir: setting(z.string().min(1), {
    description: 'The folder of all data; made where it is missing. One process owns it at a time.',
    allowed: 'the path of a folder on a local disk',
    default: './data',
  }),
  host: setting(z.union([z.ipv4(), z.ipv6(), hostName]), {
    description: 'The address to listen on. `0.0.0.0` or `::` listens on all of them.',
    allowed: 'an IP address or a host name',
    default: '127.0.0.1',
  }),
  port: setting(wholeNumber(0, 65_535), {
    description: 'The port to listen on; 0 takes a free one.',
    allowed: 'a whole number from 0 to 65535',
    default: '8080',
  }),
  publicUrl: optional(origin, {
    description:
      'Where clients reach the server: it stands in links and in the OpenAPI description. Unset: the address it listens on.',
    allowed: 'an http or https address without path, query or login, such as `https://licenses.example.com`',
  }),
  baseDomain: optional(hostName, {
    description: 'Makes `<slug>.<base domain>` the host of the tenant with that slug. Unset: no tenant is named by a host.',
    allowed: 'a domain name, such as `licenses.example.com`',
  }),
  egressNetworks: optional(networks, {
    description:
      'Networks that are not public, and that the server calls all the same (plain http too) where a vendor names an address, such as that of a login provider. Unset: none.',
    allowed: 'IP addresses or CIDR ranges separated by commas, such as `10.0.0.0/8,::1`',
  }),
  masterKey: optional(keyBytes, {
    description: 'The key that wraps all others. Unset: a key is generated into the data folder (mode 0600).',
    allowed: '32 bytes in base64 (44 characters), such as `openssl rand -base64 32` prints',
    secret: true,
  }),
  trustProxy: optional(networks, {
    description: 'Proxies whose `X-Forwarded-*` headers are believed. Unset: nobody’s.',
    allowed: 'IP addresses or CIDR ranges separated by commas, such as `10.0.0.0/8,::1`',
  }),
  insecureLogin: setting(z.enum(['refuse', 'allow']), {
    description:
      'Whether people may log in over plain http from another machine. Everybody on the way can read the password and the session then; for a trial in a closed network only.',
    allowed: '`refuse` or `allow`',
    default: 'refuse',
  }),
  stepUpAfter: setting(duration(60_000, 86_400_000), {
    description:
      'How long ago a user may have proved who he is who gives a risky command in a session, such as to revoke a license or to give roles; after that he proves it once more.',
    allowed: 'a duration from 1m to 24h, such as `10m`',
    default: '10m',
  }),
  sessionIdleStaff: setting(duration(60_000, 86_400_000), {
    description: 'After how long without a request a session of the vendor’s staff ends.',
    allowed: 'a duration from 1m to 24h, such as `30m`',
    default: '30m',
  }),
  sessionMaxStaff: setting(duration(300_000, 2_592_000_000), {
    description: 'After how long a session of the vendor’s staff ends in any case.',
    allowed: 'a duration from 5m to 720h, such as `12h`',
    default: '12h',
  }),
  sessionIdleCustomer: setting(duration(60_000, 2_592_000_000), {
    description: 'After how long without a request a session of a customer ends.',
    allowed: 'a duration from 1m to 720h, such as `12h`',
    default: '12h',
  }),
  sessionMaxCustomer: setting(duration(300_000, 31_536_000_000), {
    description: 'After how long a session of a customer ends in any case.',
    allowed: 'a duration from 5m to 8760h, such as `336h` (14 days)',
    default: '336h',
  }),
  logLevel: setting(z.enum(['fatal', 'error', 'warn', 'info', 'debug', 'trace', 'silent']), {
    description: 'The least important messages that are still logged.',
    allowed: '`fatal`, `error`, `warn`, `info`, `debug`, `trace` or `silent`',
    default: 'info',
  }),
  metricsPort: optional(wholeNumber(0, 65_535), {
    description: 'The port of the metrics in the Prometheus format; 0 takes a free one. Unset: nothing is measured or served.',
    allowed: 'a whole number from 0 to 65535',
  }),
  metricsHost: setting(z.union([z.ipv4(), z.ipv6(), hostName]), {
    description: 'The address on which metrics are served. They ask for no credential: keep it to a network of operators.',
    allowed: 'an IP address or a host name',
    default: '127.0.0.1',
  }),
  bodyLimit: setting(size(1_000, 10_000_000), {
    description: 'The largest body of a request.',
    allowed: 'a size from 1kB to 10MB, such as `100kB`',
    default: '100kB',
  }),
  waitMs: setting(wholeNumber(0, 5_000), {
    description: 'How long a query waits, in milliseconds, until its view has reached the position that the caller asked for.',
    allowed: 'a whole number from 0 to 5000',
    default: '2000',
  }),
  accessLagMax: setting(duration(100, 3_600_000), {
    description:
      'How far the view of rights may be behind the log before customers’ requests are refused instead of served with old rights.',
    allowed: 'a duration from 100ms to 1h, such as `5s`',
    default: '5s',
  }),
  rateLimitCredential: setting(requestsPerMinute, {
    description: 'Requests per minute under one token.',
    allowed: REQUESTS,
    default: '1200',
  }),
  rateLimitLicenseKey: setting(requestsPerMinute, {
    description: 'Requests per minute under one license key.',
    allowed: REQUESTS,
    default: '300',
  }),
  rateLimitAddress: setting(requestsPerMinute, {
    description: 'Requests per minute from one address without a valid credential.',
    allowed: REQUESTS,
    default: '300',
  }),
  shutdownGrace: setting(duration(0, 300_000), {
    description: 'How long a stopping server says “not ready” and still serves, so that balancers look elsewhere first.',
    allowed: 'a duration from 0s to 5m, such as `5s`',
    default: '0s',
  }),
  shutdownDeadline: setting(duration(1_000, 600_000), {
    description: 'How long a stopping server waits, after the grace, for requests under way before it ends all the same.',
    allowed: 'a duration from 1s to 10m, such as `20s`',
    default: '20s',
  }),
  smtpUrl: optional(smtpUrl, {
    description:
      'The server that takes mails. Unset: no mail leaves; each is told in the log by its id, and can be read in the outbox.',
    allowed: 'an smtp or smtps address without path, such as `smtps://user:password@mail.example.com`',
    secret: true,
  }),
  mailFrom: optional(mailbox, {
    description: 'From whom mails are. It has to be set where `KEYLEDGER_SMTP_URL` is.',
    allowed: 'an e-mail address, with a name before it or not, such as `Acme licenses <licenses@example.com>`',
  }),
});

/** The variable of a key is `KEYLEDGER_` and the key in upper snake case. Durations become milliseconds, sizes bytes. */
export const settingsSchema = schema.superRefine(({ smtpUrl: url, mailFrom }, context) => {
  if (url && !mailFrom) context.addIssue({ code: 'custom', path: ['mailFrom'], message: 'mails are sent from it' });
});
