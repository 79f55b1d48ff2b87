// What the doctor finds out about what the files hold: clock, keys, views, work, and the server itself.
import { existsSync } from 'node:fs';
import { join } from 'node:path';
import { reactors } from '#catalogue/reactors.js';
import type { EventReader } from '#event-store/event-store.js';
import { Keyring } from '#event-store/keyring.js';
import { parkedWork } from '#read-models/parked-work.js';
import type { ViewStatus } from '#read-models/projection.js';
import type { BuildState } from '#read-models/read-store.js';
import { SqliteReadStore } from '#read-models/sqlite.read-store.js';
import { VIEWS_FILE } from '#read-models/sqlite.schema.js';
import { SqliteRecordStore } from '#records/sqlite.record-store.js';
import { KEYS_FILE, RECORDS_FILE } from './files.js';
import { problem, sound, warning, type Finding } from './finding.js';
import { openingMasterKey } from './master-key.js';
import { askOperator } from './operator-socket.js';
import { checkSealed } from './sealed-events.js';
import { steps, type OnStep } from './step.js';

/** So many of the newest events show whether the keys are right, where not all are read. */
const NEWEST = 1_000;
/** A view that is further behind under a running server is not just a moment late. */
const LATE_EVENTS = 10_000;
/** Clocks of one machine differ by less. */
const TOLERANCE_MS = 1_000;

/** What the server says of itself, and its views with their failures; null where none answers. */
export async function examineServer(folder: string): Promise<{ finding: Finding; views: readonly ViewStatus[] | null }> {
  const answer = await askOperator(folder, 'views.status', {}).catch(() => null);
  if (answer && 'result' in answer) {
    return { finding: sound('server', 'runs on this folder'), views: answer.result as unknown as readonly ViewStatus[] };
  }
  return { finding: sound('server', 'none answers on this folder'), views: null };
}

/** Events carry the machine's time: with a clock that was set back, what happens now would stand before what has happened. */
export async function examineClock(log: EventReader, now: string): Promise<Finding[]> {
  const { events } = await log.readLog({ direction: 'backward', limit: 1 });
  const newest = events[0]?.metadata['occurredAt'];
  const ahead = newest === undefined ? 0 : Date.parse(newest) - Date.parse(now);
  if (ahead <= TOLERANCE_MS) return [sound('clock', `${now}; the newest event is of ${newest ?? 'never'}`)];
  const says = `${now} is ${(ahead / 1000).toFixed(0)} s before the newest event (${newest}): the clock was set back`;
  return [problem('clock', says, 'set the clock right and let it follow a time server; stop the server until then')];
}

export async function examineKeys(
  log: EventReader,
  { folder, masterKey, deep, onStep }: { folder: string; masterKey?: Uint8Array; deep: boolean; onStep: OnStep },
): Promise<Finding[]> {
  // Opening it would make it.
  if (!existsSync(join(folder, KEYS_FILE))) return [];
  const keys = SqliteRecordStore.open(join(folder, KEYS_FILE), { durable: true, readonly: true });
  try {
    const key = await openingMasterKey(folder, keys, masterKey);
    if (!key) {
      const todo = masterKey
        ? 'set KEYLEDGER_MASTER_KEY or KEYLEDGER_MASTER_KEY_FILE to the one of these keys'
        : 'put master.key and keys.db of one and the same copy of the keys in their places';
      return [problem('keys', 'the master key does not open them', todo)];
    }
    const onEvents = steps(onStep, 'opening sealed fields', 'events');
    return judgeKeys(await checkSealed(log, new Keyring(keys, key), deep ? { onEvents } : { last: NEWEST }), deep);
  } finally {
    await keys.close();
  }
}

function judgeKeys(
  { sealed, withoutKey, withoutHashKey, unreadable }: Awaited<ReturnType<typeof checkSealed>>,
  deep: boolean,
): Finding[] {
  const findings: Finding[] = [];
  const copy = 'stop the server and restore keys.db from the newest copy of the keys';
  if (withoutKey.length > 0) {
    findings.push(problem('keys', `${withoutKey.length} that the log needs are missing, such as that of ${withoutKey[0]}`, copy));
  }
  if (withoutHashKey.length > 0) {
    findings.push(
      problem('keys', `the key of the hashes of ${withoutHashKey.join(', ')} is missing: no license key is known`, copy),
    );
  }
  if (unreadable.length > 0) {
    const says = `they do not open ${unreadable.length} events, first at position ${unreadable[0]}`;
    findings.push(problem('keys', says, 'the keys are of another installation, or the log was altered: compare with a backup'));
  }
  const which = deep ? `all ${sealed} events` : `${sealed} of the newest ${NEWEST} events`;
  return findings.length > 0 ? findings : [sound('keys', `the master key opens them; they open what is sealed in ${which}`)];
}

export async function examineViews(folder: string, log: EventReader, running: readonly ViewStatus[] | null): Promise<Finding[]> {
  if (!existsSync(join(folder, VIEWS_FILE))) return [];
  const reads = SqliteReadStore.openReader(folder);
  try {
    const [head, builds] = [await log.head(), await reads.builds()];
    const active = builds.filter(({ status }) => status === 'active');
    const findings: Finding[] = [];
    for (const build of active) {
      const setAside = (await reads.quarantined(build.name, build.number)).length;
      const failure = running
        ?.find(({ name }) => name === build.name)
        ?.builds.find(({ number }) => number === build.number)?.failure;
      const finding = judgeView(build, Number(head) - Number(build.checkpoint.position), {
        setAside,
        failure,
        runs: running !== null,
      });
      if (finding) findings.push(finding);
    }
    const most = Math.max(0, ...active.map(({ checkpoint }) => Number(head) - Number(checkpoint.position)));
    return findings.length > 0 ? findings : [sound('views', `${active.length} of them, ${most} events behind at most`)];
  } finally {
    await reads.close();
  }
}

function judgeView(
  { name, checkpoint }: BuildState,
  behind: number,
  { setAside, failure, runs }: { setAside: number; failure: string | null | undefined; runs: boolean },
): Finding | null {
  const about = `view ${name}`;
  if (failure) return problem(about, `has failed: ${failure}`, `mend the cause, then: keyledger views rebuild ${name}`);
  if (setAside > 0) {
    return problem(
      about,
      `${setAside} documents are set aside`,
      `mend the cause, then: keyledger views retry ${name} <tenant> <key>`,
    );
  }
  if (behind <= (runs ? LATE_EVENTS : 0)) return null;
  const says = `is ${behind} events behind the log, at ${checkpoint.position} (${checkpoint.occurredAt ?? 'before its first event'})`;
  return warning(
    about,
    says,
    runs ? 'look again in a minute; if it stands still, see the log of the server' : 'start the server: it catches up',
  );
}

export async function examineWork(folder: string): Promise<Finding[]> {
  if (!existsSync(join(folder, RECORDS_FILE))) return [];
  const records = SqliteRecordStore.open(join(folder, RECORDS_FILE), { durable: false, readonly: true });
  try {
    const parked = await parkedWork(records, reactors);
    if (parked.length === 0) return [sound('work', 'nothing is parked')];
    const says = `${parked.length} pieces were given up, such as ${parked[0]!.reactor} ${parked[0]!.key}: ${parked[0]!.error}`;
    return [
      problem('work', says, 'mend the cause, then: keyledger work retry <reactor> <key> (keyledger work parked lists them)'),
    ];
  } finally {
    await records.close();
  }
}
