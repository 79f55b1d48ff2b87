// The operator's port: metrics and nothing else. It asks for no credential, so it stays away from the public port.
import { createServer, type IncomingMessage, type Server, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import type { Metrics } from './metrics.js';

const PATH = '/metrics';
const ASK_MS = 10_000;

/** Listens until the process ends; port 0 takes a free one. Answers the address. @throws Error with the code `EADDRINUSE` and the like. */
export async function serveMetrics(metrics: Metrics, host: string, port: number): Promise<string> {
  const server = createServer(
    { requestTimeout: ASK_MS, headersTimeout: ASK_MS },
    (request, response) => void answer(metrics, request, response),
  );
  await new Promise<void>((resolve, reject) => server.once('error', reject).listen(port, host, resolve));
  server.unref();
  return urlOf(server);
}

async function answer(metrics: Metrics, { url, method }: IncomingMessage, response: ServerResponse): Promise<void> {
  const say = (status: number, text: string) => void response.writeHead(status, { 'Content-Type': 'text/plain' }).end(text);
  if (url?.split('?')[0] !== PATH) return say(404, `Metrics are at ${PATH}.\n`);
  if (method !== 'GET') return say(405, `${PATH} knows GET only.\n`);
  try {
    const { type, text } = await metrics.exposition();
    response.writeHead(200, { 'Content-Type': type, 'Cache-Control': 'no-store' }).end(text);
  } catch {
    say(500, 'The metrics could not be read.\n');
  }
}

function urlOf(server: Server): string {
  const { address, port, family } = server.address() as AddressInfo;
  return `http://${family === 'IPv6' ? `[${address}]` : address}:${port}${PATH}`;
}
