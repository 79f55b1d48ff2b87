// The same idempotency key gives the same result. Outcomes with events are recognised by the command path in
// the stream itself; what leaves no event (a refusal, a success that changed nothing) is kept here for a day.
import { Injectable } from '@nestjs/common';
import { commandErrors } from '#event-store/command-errors.js';
import { decrypt, encrypt, Keyring } from '#event-store/keyring.js';
import { SYSTEM_TENANT } from '#kernel/ids.js';
import { later } from '#read-models/pace.js';
import { RecordStore } from '#records/record-store.js';
import { httpErrors } from './http-errors.js';
import { HttpOptions } from './http-options.js';
import type { Claim, KeptAnswer } from './replayed.js';
import type { RequestContext } from './request-context.js';

const SPACE = 'idempotency';
const PAGE = 500;
const KEPT_MS = 24 * 60 * 60 * 1000;

type Kept = {
  readonly hash: string;
  /** Sealed, because answers name people and devices. Null where events stand behind the outcome: the command path answers those. */
  readonly answer: string | null;
};

interface InFlight {
  readonly hash: string;
  readonly done: Promise<void>;
}

@Injectable()
export class Idempotency {
  private readonly inFlight = new Map<string, InFlight>();

  constructor(
    private readonly records: RecordStore,
    private readonly keyring: Keyring,
    private readonly options: HttpOptions,
  ) {}

  /**
   * Claims the key for this request, or answers what an earlier one with the same key was told. Waits for one
   * that is under way in this process.
   * @throws `idempotency.key-reused` for another request under the same key; `idempotency.in-flight`.
   */
  async begin(ctx: RequestContext): Promise<KeptAnswer | Claim> {
    const { commandId, commandHash: hash = '' } = ctx.command;
    const release = await this.turn(commandId, hash);
    const claim: Claim = { keep: (answer) => this.keep(ctx, hash, answer), release };
    try {
      const kept = await this.kept(ctx, hash);
      if (!kept) return claim;
      claim.release();
      return kept;
    } catch (error) {
      claim.release();
      throw error;
    }
  }

  /** Waits until no other request has the key, and takes it in the same breath: of all who wait, one goes on. */
  private async turn(commandId: string, hash: string): Promise<() => void> {
    const until = performance.now() + this.options.inFlightWaitMs;
    for (let other = this.inFlight.get(commandId); other; other = this.inFlight.get(commandId)) {
      if (other.hash !== hash) commandErrors.refuse('idempotency.key-reused');
      if (!(await within(other.done, until - performance.now())))
        httpErrors.refuse('idempotency.in-flight', undefined, { retryAfter: 1 });
    }
    let done!: () => void;
    this.inFlight.set(commandId, { hash, done: new Promise<void>((resolve) => (done = resolve)) });
    return () => {
      this.inFlight.delete(commandId);
      done();
    };
  }

  private async kept({ tenant, now, command: { commandId } }: RequestContext, hash: string): Promise<KeptAnswer | null> {
    const entry = await this.records.get<Kept>(SPACE, commandId, now);
    if (!entry) return null;
    if (entry.value.hash !== hash) commandErrors.refuse('idempotency.key-reused');
    if (entry.value.answer === null) return null;
    return JSON.parse(decrypt(await this.key(tenant), entry.value.answer, commandId).toString()) as KeptAnswer;
  }

  private async keep({ tenant, now, command: { commandId } }: RequestContext, hash: string, answer?: KeptAnswer): Promise<void> {
    const sealed = answer === undefined ? null : encrypt(await this.key(tenant), Buffer.from(JSON.stringify(answer)), commandId);
    const expiresAt = later(now, KEPT_MS);
    const kept: Kept = { hash, answer: sealed };
    await this.records.put(SPACE, commandId, kept, now, { expiresAt, expectedVersion: 0 });
  }

  private key(tenant: string): Promise<Uint8Array> {
    const holder = tenant || SYSTEM_TENANT;
    return this.keyring.subjectKey(holder, holder);
  }
}

/** Forgets the answers that are kept for a tenant: requests that are repeated are looked at anew. Answers how many. */
export async function forgetAnswers(records: RecordStore, keyring: Keyring, tenant: string, now: string): Promise<number> {
  const key = await keyring.findSubjectKey(tenant, tenant);
  let forgotten = 0;
  for (let after: string | undefined; key;) {
    const page = await records.list<Kept>(SPACE, now, { after, limit: PAGE });
    for (const { key: commandId, value } of page) {
      if (value.answer !== null && opens(key, value.answer, commandId))
        forgotten += Number(await records.delete(SPACE, commandId));
    }
    if (page.length < PAGE) break;
    after = page.at(-1)!.key;
  }
  return forgotten;
}

/** Whether an answer was sealed with this key; those of other tenants were not. */
function opens(key: Uint8Array, sealed: string, commandId: string): boolean {
  try {
    return decrypt(key, sealed, commandId) !== null;
  } catch {
    return false;
  }
}

async function within(promise: Promise<void>, ms: number): Promise<boolean> {
  let timer: NodeJS.Timeout | undefined;
  const timeout = new Promise<false>((resolve) => (timer = setTimeout(() => resolve(false), Math.max(0, ms))));
  try {
    return await Promise.race([promise.then(() => true as const), timeout]);
  } finally {
    clearTimeout(timer);
  }
}
