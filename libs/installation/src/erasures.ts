// Erases persons: the ledger, the key, the documents and the records, in this order, each of which bears being repeated.
import type { Executor } from '#event-store/execute.js';
import type { Keyring } from '#event-store/keyring.js';
import { forgetAnswers } from '#http/idempotency.js';
import type { Clock } from '#kernel/clock.js';
import { rootContext } from '#kernel/context.js';
import { newCommandId } from '#kernel/ids.js';
import { contact } from '#organizations/contact.js';
import { PersonErasure, type ErasureTold } from '#organizations/person-erasure.js';
import type { RecordStore } from '#records/record-store.js';
import { personKey, type Erasure, type ErasureLedger } from './erasure-ledger.js';
import type { ProjectionThread } from './projection-thread.js';

/** The space of persons whose erasure is finished in this log; restored and lost together with it. */
const FINISHED = 'erasures';
/** Records that may name who was erased: by id alone, and for the vendor's own account. */
const KEPT = [FINISHED, 'disclosures', 'reactor'];
const ACTOR = 'system:erasures';

export interface ErasurePorts {
  readonly ledger: ErasureLedger;
  readonly keyring: Keyring;
  readonly records: RecordStore;
  readonly executor: Executor;
  readonly projection: ProjectionThread;
  readonly clock: Clock;
}

export class Erasures extends PersonErasure {
  /** One after the other: each writes whole files anew. */
  private before: Promise<unknown> = Promise.resolve();

  constructor(private readonly ports: ErasurePorts) {
    super();
  }

  override carryOut(tenant: string, contactId: string): Promise<ErasureTold> {
    const mine = this.before.then(() => this.now(tenant, contactId));
    this.before = mine.catch(() => undefined);
    return mine;
  }

  /**
   * Makes the log and the keys agree with the ledger, before anything is served: after an older backup was restored, both
   * may know nothing of an erasure. The rest follows from the fact, by the reactor.
   */
  async replay(): Promise<void> {
    const { ledger, keyring, records, clock } = this.ports;
    for (const erasure of ledger.all()) {
      if (await records.get(FINISHED, personKey(erasure), clock.now())) continue;
      const isKnown = await this.stateAgain(erasure);
      const { tenant, contactId } = erasure;
      if (!(await keyring.isDestroyed(tenant, contactId))) await keyring.destroy([{ tenant, subject: contactId }]);
      if (!isKnown) await this.finish(erasure);
    }
  }

  /** States the fact where the log lacks it. Whether the log knows the person. */
  private async stateAgain({ tenant, contactId }: Erasure): Promise<boolean> {
    const { executor, clock } = this.ports;
    const { name, erased } = await executor.stateOf(contact, tenant, contactId);
    const ctx = rootContext(tenant, ACTOR, clock.now(), newCommandId());
    if (name !== null && !erased) await executor.execute(contact, contactId, 'erase', { places: [] }, ctx);
    return name !== null;
  }

  private async now(tenant: string, contactId: string): Promise<ErasureTold> {
    const { ledger, keyring, records, executor, projection, clock } = this.ports;
    const known = await records.get<ErasureTold & { at: string }>(FINISHED, personKey({ tenant, contactId }), clock.now());
    if (known) return { documents: known.value.documents, records: known.value.records };
    const erasure = { tenant, contactId, at: clock.now() };
    ledger.note(erasure);
    await keyring.destroy([{ tenant, subject: contactId }]);
    executor.forgetStates();
    const documents = await projection.ask('forget', tenant, contactId);
    // Answers are sealed for the vendor and name nobody in the open: all of his go.
    const answers = await forgetAnswers(records, keyring, tenant, clock.now());
    const naming = await records.deleteNaming(contactId, KEPT);
    await records.compact();
    return this.finish(erasure, { documents, records: naming + answers });
  }

  private async finish(erasure: Erasure, told: ErasureTold = { documents: 0, records: 0 }): Promise<ErasureTold> {
    const { records, clock } = this.ports;
    await records.put(FINISHED, personKey(erasure), { at: clock.now(), ...told }, clock.now());
    return told;
  }
}
