// A server before a provider that can be made to fail, for programs that open their connections by themselves.
import { createServer, type IncomingMessage, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import { buffer } from 'node:stream/consumers';
import type { Trouble } from './stand.js';

export interface Gate {
  readonly url: string;
  close(): Promise<void>;
}

/** A server of a test's own on this machine. */
export async function serve(answer: (request: IncomingMessage, response: ServerResponse) => Promise<void>): Promise<Gate> {
  const server = createServer((request, response) => {
    answer(request, response).catch((error: unknown) => response.writeHead(500).end(String(error)));
  });
  await new Promise<void>((listening) => server.listen(0, '127.0.0.1', listening));
  const close = async () => {
    server.closeAllConnections();
    await new Promise((closed) => server.close(closed));
  };
  return { url: `http://127.0.0.1:${(server.address() as AddressInfo).port}`, close };
}

/** Hands on what comes, while the provider is in order. */
export function gateBefore(provider: { readonly url: string; readonly trouble: Trouble }): Promise<Gate> {
  return serve(async (request, response) => {
    if (provider.trouble === 'silence') return;
    if (provider.trouble !== null) {
      response.writeHead(provider.trouble).end('out of order');
      return;
    }
    const { authorization, 'content-type': type } = request.headers;
    const headers = { ...(authorization && { authorization }), ...(type && { 'content-type': type }) };
    const body = request.method === 'POST' ? await buffer(request) : undefined;
    const answer = await fetch(provider.url + request.url!, { method: request.method, headers, body });
    response.writeHead(answer.status, { 'content-type': answer.headers.get('content-type') ?? 'application/json' });
    response.end(Buffer.from(await answer.arrayBuffer()));
  });
}
