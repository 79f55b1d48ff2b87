import type { ErrorTable } from '#kernel/errors.js';

/** What the HTTP room is told; names as in the configuration. Also the injection token of it. */
export class HttpOptions {
  /** The refusals of all other rooms, for the reference. */
  readonly errors: ErrorTable = {};
  /** What the tags of the OpenAPI document (the first parts of the paths) are about, in the order of its reader. */
  readonly tags: Readonly<Record<string, string>> = {};
  /** Of the product, for the OpenAPI document. */
  readonly version: string = '0.0.0';
  /** Where clients reach the server, for the OpenAPI document; null: where it was fetched from. */
  readonly publicUrl: string | null = null;
  /** `<slug>.<baseDomain>` names a tenant; null: no host does. */
  readonly baseDomain: string | null = null;
  /** Whether people may log in over plain http beyond this machine. */
  readonly insecureLogin: 'refuse' | 'allow' = 'refuse';
  /** How long ago a user may have proved who he is who gives a risky command by a session, in milliseconds. */
  readonly stepUpAfter: number = 600_000;
  /** Proxies whose `X-Forwarded-*` are believed: addresses or ranges; none by default. */
  readonly trustProxy: readonly string[] = [];
  /** In bytes. */
  readonly bodyLimit: number = 100_000;
  readonly maxHeaderSize: number = 16_384;
  /** In characters, query included. */
  readonly maxUrlLength: number = 4_096;
  /** How long a request may take to arrive whole, in milliseconds. */
  readonly requestTimeout: number = 30_000;
  /** How long a query may wait for a position, in milliseconds. */
  readonly waitMs: number = 2_000;
  /** How long a repeated command waits for its first request, in milliseconds. */
  readonly inFlightWaitMs: number = 5_000;
  /** Requests per minute under one token; 0 = no limit. */
  readonly rateLimitCredential: number = 1_200;
  /** Requests per minute under one license key; 0 = no limit. */
  readonly rateLimitLicenseKey: number = 300;
  /** Requests per minute from one address without a valid credential; 0 = no limit. */
  readonly rateLimitAddress: number = 300;

  constructor(options: Partial<HttpOptions> = {}) {
    for (const [name, value] of Object.entries(options)) {
      if (value !== undefined) Object.assign(this, { [name]: value });
    }
  }
}
