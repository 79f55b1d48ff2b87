// The operator's door to a running server: HTTP over a Unix socket in the data folder, for its owner only.
import { chmodSync, mkdirSync, renameSync, rmdirSync, rmSync } from 'node:fs';
import { createServer, request, type IncomingMessage, type Server, type ServerResponse } from 'node:http';
import { join } from 'node:path';
import { createInterface } from 'node:readline';
import { pipeline } from 'node:stream/promises';
import {
  answersInLines,
  runLines,
  runOperation,
  type OperationAnswer,
  type OperationLine,
  type Operations,
} from './operations.js';

const SOCKET = 'operator.sock';
const MAX_INPUT_BYTES = 1024 * 1024;
/** What Linux lets the path of a socket have (`sun_path`, unix(7)), less the ending zero. */
const MAX_PATH_BYTES = 107;

/** The path of the socket. @throws Error where the data folder's path leaves no room for it. */
export function operatorSocketOf(folder: string): string {
  const path = join(folder, SOCKET);
  if (Buffer.byteLength(path) > MAX_PATH_BYTES) {
    throw new Error(
      `the path of the operator's socket is longer than ${MAX_PATH_BYTES} bytes: ${path}; use a data folder with a shorter path`,
    );
  }
  return path;
}

/**
 * Serves the operations. The caller owns the folder's lock, so a socket that is already there was left
 * behind by a process that is gone.
 */
export async function serveOperator(folder: string, operations: Operations): Promise<Server> {
  const path = operatorSocketOf(folder);
  const server = createServer((req, res) => void answer(operations, req, res));
  // A socket is made with the mode that the umask leaves, and the umask is the whole process's. So it is made
  // where nobody else comes in, and moved to its place once it is the owner's only.
  const room = join(folder, '.operator');
  const made = join(room, 's');
  rmSync(room, { recursive: true, force: true });
  mkdirSync(room, { mode: 0o700 });
  await new Promise<void>((resolve, reject) => server.once('error', reject).listen(made, resolve));
  chmodSync(made, 0o600);
  renameSync(made, path);
  rmdirSync(room);
  return server.once('close', () => rmSync(path, { force: true }));
}

async function answer(operations: Operations, req: IncomingMessage, res: ServerResponse): Promise<void> {
  const send = (body: OperationAnswer) => res.setHeader('content-type', 'application/json').end(JSON.stringify(body));
  try {
    const name = decodeURIComponent((req.url ?? '').slice(1));
    if (answersInLines(operations, name)) return await sendLines(operations, name, JSON.parse(await bodyOf(req)), res);
    send(await runOperation(operations, name, JSON.parse(await bodyOf(req))));
  } catch (error) {
    send({ error: { code: 'operation.invalid', message: String(error) } });
  }
}

async function sendLines(operations: Operations, name: string, input: unknown, res: ServerResponse): Promise<void> {
  async function* texts() {
    for await (const line of runLines(operations, name, input)) yield `${JSON.stringify(line)}\n`;
  }
  res.setHeader('content-type', 'application/x-ndjson');
  // Who hangs up in between has had enough.
  await pipeline(texts, res).catch(() => undefined);
}

async function bodyOf(req: IncomingMessage): Promise<string> {
  const chunks: Buffer[] = [];
  let size = 0;
  for await (const chunk of req as AsyncIterable<Buffer>) {
    size += chunk.length;
    if (size > MAX_INPUT_BYTES) throw new Error('the input is too large');
    chunks.push(chunk);
  }
  return Buffer.concat(chunks).toString();
}

/** Sends an operation; null where nobody answers: there is no socket, or nobody behind it. */
function sent(folder: string, name: string, input: unknown): Promise<IncomingMessage | null> {
  return new Promise((resolve, reject) => {
    const req = request({ socketPath: operatorSocketOf(folder), method: 'POST', path: `/${encodeURIComponent(name)}` }, resolve);
    req.once('error', (error: NodeJS.ErrnoException) => {
      if (['ENOENT', 'ENOTDIR', 'ECONNREFUSED'].includes(error.code ?? '')) resolve(null);
      else reject(error);
    });
    req.end(JSON.stringify(input));
  });
}

/** Asks the server that owns the folder. @returns null where none answers */
export async function askOperator(folder: string, name: string, input: unknown): Promise<OperationAnswer | null> {
  const res = await sent(folder, name, input);
  return res && (JSON.parse(await bodyOf(res)) as OperationAnswer);
}

/** The same for an operation that answers line by line. */
export async function askOperatorLines(
  folder: string,
  name: string,
  input: unknown,
): Promise<AsyncGenerator<OperationLine> | null> {
  const res = await sent(folder, name, input);
  return res && linesOf(res);
}

async function* linesOf(res: IncomingMessage): AsyncGenerator<OperationLine> {
  let last: OperationLine | undefined;
  for await (const text of createInterface({ input: res, crlfDelay: Infinity })) {
    last = JSON.parse(text) as OperationLine;
    yield last;
  }
  if (!last || 'line' in last) throw new Error('the server went away before it had answered all');
}
