// What the product refuses, and how a refusal is named. A refusal is data: code, sentence, facts.

/** What sort of refusal a code is; `libs/http` maps each kind to one HTTP status. */
export type ErrorKind =
  | 'malformed' // 400: cannot be read at all
  | 'unauthenticated' // 401
  | 'forbidden' // 403
  | 'missing' // 404
  | 'not-allowed' // 405
  | 'conflict' // 409
  | 'precondition' // 412
  | 'too-large' // 413
  | 'unsupported' // 415
  | 'invalid' // 422: readable, but not acceptable
  | 'throttled' // 429
  | 'internal' // 500
  | 'unavailable'; // 503

export interface ErrorDefinition {
  readonly kind: ErrorKind;
  /** One sentence that holds for every occurrence; the generated reference prints it. */
  readonly title: string;
  /** Whether the same request may succeed later without being changed. */
  readonly retryable?: boolean;
  /** The name that Keygen's API uses for the same thing, for clients that migrate. */
  readonly keygen?: string;
  /** The name that Cryptlex' Web API uses for the same thing. */
  readonly cryptlex?: string;
}

export type ErrorTable = Readonly<Record<string, ErrorDefinition>>;

/** A pointer into the request (RFC 6901) and what is wrong there. */
export interface ErrorPointer {
  /** The part of the request that `pointer` points into; default: the body. */
  readonly in?: 'body' | 'query' | 'path' | 'header';
  readonly pointer: string;
  readonly detail: string;
}

/** A refusal. Thrown by rules and ports alike; `libs/http` turns it into problem+json (RFC 9457). */
export class DomainError extends Error {
  override readonly name = 'DomainError';

  constructor(
    readonly code: string,
    readonly definition: ErrorDefinition,
    detail?: string,
    /** Members that the answer carries beside the standard ones: `allowed`, `used`, `resetsAt` … */
    readonly facts: Readonly<Record<string, unknown>> = {},
    readonly pointers: readonly ErrorPointer[] = [],
  ) {
    super(detail ?? definition.title);
  }
}

export interface Refusals<T extends ErrorTable> {
  readonly table: T;
  /** Throws the refusal. */
  refuse(code: keyof T & string, detail?: string, facts?: Record<string, unknown>): never;
  /** Makes the refusal without throwing it. */
  error(
    code: keyof T & string,
    detail?: string,
    facts?: Record<string, unknown>,
    pointers?: readonly ErrorPointer[],
  ): DomainError;
}

/** Declares the refusals of a room; `libs/catalogue` merges all tables and refuses duplicates. */
export function defineErrors<const T extends ErrorTable>(table: T): Refusals<T> {
  const error: Refusals<T>['error'] = (code, detail, facts, pointers) =>
    new DomainError(code, table[code]!, detail, facts, pointers);
  return {
    table,
    error,
    refuse(code, detail, facts) {
      throw error(code, detail, facts);
    },
  };
}

/** Merges tables whose keys must be unique over the product; names the key that stands twice. */
export function mergeUnique<T>(what: string, ...tables: Readonly<Record<string, T>>[]): Record<string, T> {
  const merged: Record<string, T> = {};
  for (const table of tables) {
    for (const [key, value] of Object.entries(table)) {
      if (key in merged) throw new Error(`${what} "${key}" is defined twice`);
      merged[key] = value;
    }
  }
  return merged;
}
