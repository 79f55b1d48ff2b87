// What handlers return. `answering.adapter.ts` turns it into status, headers and JSON.
import type { Readable } from 'node:stream';
import type { Position } from '#event-store/event-store.js';
import type { Outcome } from '#event-store/execute.js';
import type { Page } from './paging.js';
import { POSITION, SHA256 } from './request-headers.js';

export interface AnswerParts {
  readonly body: unknown;
  /** Of the write, or as of which the read answers. */
  readonly position: Position;
  readonly asOf?: Position;
  readonly revision?: number;
  readonly location?: string;
  /** Of a command: whether events stand behind it. */
  readonly changed?: boolean;
  readonly replayed?: boolean;
  /** The body's `data` is a list of items. */
  readonly page?: Page<unknown>;
  /** The items of the page are JSON already, a character for each of its bytes. */
  readonly texts?: true;
}

export class Answer {
  constructor(readonly parts: AnswerParts) {}
}

/** An answer that goes on until one side ends it. */
export class StreamAnswer {
  constructor(
    readonly stream: Readable,
    readonly type: string,
    readonly headers: Readonly<Record<string, string>> = {},
  ) {}
}

/** An answer that also sets cookies. */
export class CookieAnswer {
  constructor(
    readonly answer: Answer | object | undefined,
    readonly cookies: readonly string[],
  ) {}
}

/** The same answer with `Set-Cookie` headers, for what begins or ends a session. */
export function withCookie(answer: Answer | object | undefined, ...cookies: string[]): CookieAnswer {
  return new CookieAnswer(answer, cookies);
}

/** An answer that sends a browser on. */
export class RedirectAnswer {
  constructor(
    readonly location: string,
    readonly cookies: readonly string[],
  ) {}
}

/** Sends a browser on, with `Set-Cookie` headers. Its route declares `status: 303`. */
export function redirected(location: string, ...cookies: string[]): RedirectAnswer {
  return new RedirectAnswer(location, cookies);
}

/** Something that is sent as it comes about. Its route names the media type in `streams`. */
export function streamed(stream: Readable, type: string): StreamAnswer {
  return new StreamAnswer(stream, type);
}

interface File {
  /** What it is called by who saves it. */
  readonly name: string;
  readonly type: string;
  readonly bytes: number;
  /** Hexadecimal, as `sha256sum` prints it. */
  readonly sha256: string;
  /** As of which it is. */
  readonly position: Position;
}

/** A file that is sent as it is made. Its route names the media type in `files`. */
export function file(stream: Readable, { name, type, bytes, sha256, position }: File): StreamAnswer {
  return new StreamAnswer(stream, type, {
    'Content-Disposition': `attachment; filename="${name}"`,
    'Content-Length': String(bytes),
    [SHA256]: sha256,
    [POSITION]: position,
  });
}

type SomeOutcome = Pick<Outcome<unknown>, 'id' | 'position' | 'revision' | 'events' | 'replayed'>;

function written(outcome: SomeOutcome, body: unknown): AnswerParts {
  const { id, position, revision, replayed } = outcome;
  return { body: body ?? { id, revision }, position, revision, replayed, changed: outcome.events.length > 0 };
}

/** A command succeeded. Without a body the answer is `{ id, revision }` (`commandAnswer`). */
export function changed(outcome: SomeOutcome, body?: unknown): Answer {
  return new Answer(written(outcome, body));
}

/** A command made something, which now stands at `location`. Its route declares `status: 201`. */
export function created(outcome: SomeOutcome, location: string, body?: unknown): Answer {
  return new Answer({ ...written(outcome, body), location });
}

/** Something was read, as of a position; with the revision that the caller may use in `If-Match`. */
export function read(body: object, asOf: Position, revision?: number): Answer {
  return new Answer({ body, position: asOf, asOf, revision });
}

/** A page of a list. */
export function listed(page: Page<unknown>): Answer {
  return new Answer({ body: page.data, position: page.asOf, asOf: page.asOf, page });
}

/**
 * A page of a list whose items are JSON already, a character for each of its bytes (`utf8Text`). They are sent as they
 * are: no schema keeps anything back, so a test has to hold whoever writes them to the schema of the route.
 */
export function listedTexts(page: Page<string>): Answer {
  return new Answer({ body: page.data, position: page.asOf, asOf: page.asOf, page, texts: true });
}
