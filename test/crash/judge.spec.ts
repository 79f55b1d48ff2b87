// The judge, judged: a log that is as promised is clean, and each lie that a log could tell is found and named.
import { describe, expect, it } from '@jest/globals';
import { START, type StoredEvent } from '#event-store/event-store.js';
import { eventIdOf } from '#kernel/ids.js';
import { judge, type Findings } from './judge.js';
import { Ledger } from './ledger.js';

const position = (n: number) => String(n).padStart(20, '0');
const commandId = (n: number) => `00000000-0000-5000-8000-${String(n).padStart(12, '0')}`;
const clean: Findings = { lost: [], twice: [], wrong: [] };

/** Six devices of one license, three of which leave again; all acknowledged, all seen by a reader. */
function sound(): { log: StoredEvent[]; ledger: Ledger } {
  const ledger = new Ledger();
  const log = [1, 2, 3, 4, 5, 6].map((n): StoredEvent => {
    const type = n % 2 === 1 ? 'KeyActivated' : 'KeyDeactivated';
    const eventId = eventIdOf(commandId(n), 0);
    const metadata = { commandId: commandId(n), $correlationId: commandId(n) };
    ledger.acknowledge(ledger.open(commandId(n), type, `POST /${n}`), position(n));
    ledger.show(position(n), eventId);
    return { eventId, type, data: '{}', metadata, stream: 'license-acme~a', revision: n - 1, position: position(n) };
  });
  return { log, ledger };
}

function verdict({ log, ledger }: ReturnType<typeof sound>, seats = 1): Findings {
  const { sent, acknowledged, shown } = ledger;
  return judge(log, { sent, acknowledged, shown, since: START, seats });
}

/** As it would stand in a log that goes on at this place. */
function at(event: StoredEvent, n: number): StoredEvent {
  return { ...event, position: position(n), revision: n - 1 };
}

describe('a log', () => {
  it('that holds what was acknowledged, once and in order, is clean', () => {
    expect(verdict(sound())).toEqual(clean);
  });

  it('that holds what nobody was told of is clean: its client will ask again', () => {
    const { log, ledger } = sound();
    ledger.acknowledged.pop();
    expect(verdict({ log, ledger })).toEqual(clean);
  });

  it('that lost its last event is found out', () => {
    const { log, ledger } = sound();
    expect(verdict({ log: log.slice(0, -1), ledger })).toMatchObject({
      lost: ['POST /6 was acknowledged at 6, but is not in the log'],
      wrong: [expect.stringContaining('readers saw')],
    });
  });

  it('that gave the place of a lost event to another one is found out', () => {
    const { log, ledger } = sound();
    const other = eventIdOf(commandId(7), 0);
    const metadata = { commandId: commandId(7), $correlationId: commandId(7) };
    ledger.open(commandId(7), 'KeyDeactivated', 'POST /7');
    const { lost, wrong } = verdict({ log: log.with(5, { ...log[5]!, eventId: other, metadata }), ledger });
    expect(lost).toHaveLength(1);
    expect(wrong).toEqual([expect.stringContaining(`now there is ${other}`)]);
  });

  it('that holds the answer to a command at another place is found out', () => {
    const { log, ledger } = sound();
    const moved = [...log.slice(0, 5), { ...log[5]!, position: position(9) }];
    expect(verdict({ log: moved, ledger }).lost).toEqual([expect.stringContaining('stands elsewhere: KeyDeactivated')]);
  });

  it('that holds a command twice, under the ids of a retry or under others, is found out', () => {
    for (const eventId of [eventIdOf(commandId(5), 1), eventIdOf(commandId(9), 0)]) {
      const { log, ledger } = sound();
      const doubled = [...log.slice(0, 5), { ...at(log[4]!, 6), eventId }, at(log[5]!, 7)];
      expect(verdict({ log: doubled, ledger }, 9).twice).toEqual([expect.stringContaining('stands 2 times')]);
    }
  });

  it('that holds a command which nobody sent is found out: a retry was taken for something new', () => {
    const { log, ledger } = sound();
    ledger.sent.delete(commandId(6));
    ledger.acknowledged.pop();
    expect(verdict({ log, ledger }).twice).toEqual([expect.stringContaining('nobody sent the command')]);
  });

  it('that holds what was refused is found out', () => {
    const { log, ledger } = sound();
    ledger.sent.get(commandId(6))!.refused = 'license.suspended';
    expect(verdict({ log, ledger }).wrong).toEqual([expect.stringContaining('refused with license.suspended, and applied')]);
  });

  it('with positions that do not rise, revisions that do not follow, or a torn append is found out', () => {
    const { log, ledger } = sound();
    const unordered = verdict({ log: [log[0]!, log[2]!, log[1]!, ...log.slice(3)], ledger }).wrong;
    expect(unordered).toContainEqual(expect.stringContaining('comes after'));
    expect(unordered).toContainEqual(expect.stringContaining('has revision 2 at'));
    const { metadata } = log[0]!;
    const torn = log.with(2, { ...log[2]!, metadata });
    expect(verdict({ log: torn, ledger }).wrong).toContainEqual(expect.stringContaining('is torn apart'));
  });

  it('with more devices than seats is found out', () => {
    expect(verdict(sound(), 0).wrong).toContainEqual('a holds 1 of 0 seats at 00000000000000000001');
  });

  it('whose readers were shown two events at one position is found out', () => {
    const { ledger } = sound();
    ledger.show(position(1), 'another');
    expect(ledger.complaints).toEqual([expect.stringContaining('and another at')]);
  });
});
