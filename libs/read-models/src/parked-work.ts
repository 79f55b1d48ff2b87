// Work of reactors that was given up after its last try: seen and asked for again by the operator.
import type { ParkedWork, RecordStore } from '#records/record-store.js';
import { readErrors } from './read-store.js';
import type { WorkReference } from './reactor.js';

const PAGE = 1000;

type ParkedOf = ParkedWork<WorkReference> & { readonly reactor: string };

/** All of these reactors, each by key. */
export async function parkedWork(
  records: RecordStore,
  reactors: readonly { readonly name: string }[],
): Promise<readonly ParkedOf[]> {
  const all: ParkedOf[] = [];
  for (const { name } of reactors) {
    for (let after: string | undefined; ;) {
      const page = await records.parked<WorkReference>(name, { after, limit: PAGE });
      all.push(...page.map((work) => ({ ...work, reactor: name })));
      if (page.length < PAGE) break;
      after = page.at(-1)!.key;
    }
  }
  return all;
}

/** Makes it due now, its attempts forgotten; a running server takes it up within seconds. @throws `work.not-parked` */
export async function retryWork(
  records: RecordStore,
  reactor: string,
  key: string,
  now: string,
): Promise<{ reactor: string; key: string }> {
  if (!(await records.unpark(reactor, key, now))) readErrors.refuse('work.not-parked');
  return { reactor, key };
}
