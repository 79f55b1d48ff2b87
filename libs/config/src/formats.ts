// How durations, sizes and other values are written in a variable.
import { z } from 'zod';
import { Secret } from './secret.js';

const MILLISECONDS = { ms: 1, s: 1_000, m: 60_000, h: 3_600_000 } as const;
const BYTES = { B: 1, kB: 1_000, MB: 1_000_000, KiB: 1_024, MiB: 1_048_576 } as const;

/** A whole number within bounds, both inclusive. */
export function wholeNumber(min: number, max: number) {
  return z
    .string()
    .regex(/^\d{1,15}$/)
    .transform(Number)
    .pipe(z.int().min(min).max(max));
}

/** `500ms`, `5s`, `2m`, `1h`; becomes milliseconds. Bounds in milliseconds, both inclusive. */
export function duration(min: number, max: number) {
  return z
    .string()
    .regex(/^\d{1,9} ?(?:ms|s|m|h)$/)
    .transform((text) => Number.parseInt(text, 10) * MILLISECONDS[unitOf(text) as keyof typeof MILLISECONDS])
    .pipe(z.int().min(min).max(max));
}

/** `4096`, `100kB`, `1MiB`; becomes bytes. Bounds in bytes, both inclusive. */
export function size(min: number, max: number) {
  return z
    .string()
    .regex(/^\d{1,12} ?(?:B|kB|KiB|MB|MiB)?$/)
    .transform((text) => Number.parseInt(text, 10) * BYTES[(unitOf(text) || 'B') as keyof typeof BYTES])
    .pipe(z.int().min(min).max(max));
}

function unitOf(text: string): string {
  return text.replace(/^[\d ]+/, '');
}

const networkSchema = z.union([z.ipv4(), z.ipv6(), z.cidrv4(), z.cidrv6()]);

/** Addresses and CIDR ranges, separated by commas. */
export const networks = z
  .string()
  .transform((text) => text.split(',').map((part) => part.trim()))
  .pipe(z.array(networkSchema));

/** `https://licenses.example.com`: where the server is reached from outside, without path, query or login. */
export const origin = z.url({ protocol: /^https?$/ }).transform((text, context) => {
  const url = new URL(text);
  if (url.pathname !== '/' || url.search !== '' || url.hash !== '' || url.username !== '' || url.password !== '') {
    context.addIssue('has more than scheme, host and port');
  }
  return url.origin;
});

/** A host name in lower case, without a final dot. */
export const hostName = z
  .string()
  .toLowerCase()
  .regex(/^(?=.{1,253}$)[a-z0-9](?:[a-z0-9-]{0,61}[a-z0-9])?(?:\.[a-z0-9](?:[a-z0-9-]{0,61}[a-z0-9])?)*$/);

/** 32 bytes in base64. */
export const keyBytes = z
  .base64()
  .length(44)
  .transform((text) => new Secret(new Uint8Array(Buffer.from(text, 'base64'))))
  .refine((key) => key.reveal().length === 32);

/** `smtp://user:password@mail.example.com:587`, or `smtps://…` where the connection is encrypted from its beginning. */
export const smtpUrl = z.url({ protocol: /^smtps?$/ }).transform((text, context) => {
  const url = new URL(text);
  if ((url.pathname !== '' && url.pathname !== '/') || url.search !== '' || url.hash !== '' || url.hostname === '') {
    context.addIssue('has more than scheme, login, host and port');
  }
  return new Secret(url);
});

/** `licenses@example.com`, or `Acme licenses <licenses@example.com>`. */
export const mailbox = z
  .string()
  .regex(/^[^<>"\p{Cc}]*$|^[^<>"\p{Cc}]+<[^<>"\p{Cc}]+>$/u)
  .transform((text) => {
    const [, name = '', address = text] = /^([^<]+)<([^>]+)>$/.exec(text) ?? [];
    return { name: name.trim(), address: address.trim() };
  })
  .pipe(z.strictObject({ name: z.string(), address: z.email().max(254) }));
