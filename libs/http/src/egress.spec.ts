import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { createServer, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { Egress } from './egress.js';

let server: Server;
let port: number;
let asked = 0;
const guarded = new Egress();
const allowed = new Egress(['127.0.0.0/8', '::1']);

beforeAll(async () => {
  server = createServer((request, response) => {
    asked++;
    if (request.url === '/away') response.writeHead(302, { location: '/' }).end();
    else response.end('inside');
  });
  await new Promise<void>((listening) => server.listen(0, '127.0.0.1', listening));
  port = (server.address() as AddressInfo).port;
});
afterAll(async () => {
  await Promise.all([guarded.close(), allowed.close()]);
  await new Promise((closed) => server.close(closed));
});

/** What kept a call from being made, down to its first cause. */
async function refusalOf(egress: Egress, url: string): Promise<string> {
  const refused = await egress.fetch(url).then(
    () => null,
    (error: unknown) => error as Error,
  );
  let first = refused;
  while (first?.cause instanceof Error) first = first.cause;
  return first?.name ?? 'called';
}

describe('a call to an address that a vendor named', () => {
  it.each([
    ...['http://127.0.0.1', 'https://127.0.0.1', 'https://2130706433', 'https://0x7f000001', 'https://0', 'https://0177.0.0.1'],
    ...['https://127.1', 'https://[::1]', 'https://[::ffff:127.0.0.1]', 'https://[::]', 'https://[::ffff:a9fe:a9fe]'],
    ...['https://169.254.169.254', 'https://10.0.0.1', 'https://172.31.255.255', 'https://192.168.1.1', 'https://100.64.0.1'],
    ...['https://[fc00::1]', 'https://[fe80::1]', 'https://[64:ff9b::7f00:1]', 'https://[2002:7f00:1::]', 'https://224.0.0.1'],
    ...['https://localhost', 'http://example.com', 'ftp://example.com', 'file:///etc/passwd'],
  ])('%s is not made', async (address) => {
    const url = address.startsWith('https') ? `${address}:${port}/` : address;
    expect(await refusalOf(guarded, url)).toBe('EgressError');
    expect(asked).toBe(0);
  });

  it('goes inside where the operator allows it, also plainly, but follows no redirect', async () => {
    expect(await (await allowed.fetch(`http://127.0.0.1:${port}/`)).text()).toBe('inside');
    expect(await (await allowed.fetch(`http://localhost:${port}/`)).text()).toBe('inside');
    expect((await allowed.fetch(`http://127.0.0.1:${port}/away`)).status).toBe(302);
    expect(await refusalOf(allowed, 'http://10.0.0.1/')).toBe('EgressError');
  });
});
