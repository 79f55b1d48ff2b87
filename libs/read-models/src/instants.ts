// The monotone map between instants and positions (DESIGN §10). An event counts as recorded at the latest instant
// that it or any event before it names: recorded time never goes backwards, even if the clock did.
import { START, type EventReader, type Position } from '#event-store/event-store.js';
import { SYSTEM_TENANT } from '#kernel/ids.js';
import { SPANS, type InstantDoc } from './instants.view.js';
import type { Conditions, ReadStore } from './read-store.js';
import type { View } from './view.js';

/** Sorts after every text that continues the one before it: instants and positions are made of lower characters. */
const END = '~';

export class Instants {
  constructor(
    readonly view: View<InstantDoc>,
    private readonly reads: ReadStore,
    private readonly log: EventReader,
  ) {}

  /** The last position that was recorded at `instant` or before, as far as the view has come; `START` where none was. */
  async recordedBy(instant: string): Promise<Position> {
    const asOf = await this.reads.asOf(this.view);
    const later = await Promise.all(
      SPANS.map((length, i) => {
        const around = i === 0 ? '' : instant.slice(0, SPANS[i - 1]);
        return this.first(length, { span: { from: instant.slice(0, length) + END, to: around + END } }, 'first');
      }),
    );
    const firsts = later.flatMap((doc) => (doc ? [doc.first] : []));
    const [next] = [...firsts, ...(await this.laterInSecond(instant))].sort();
    return next === undefined ? asOf : this.before(next);
  }

  /** The instant at which a position was recorded; null before the first one. */
  async recordedAt(position: Position): Promise<string | null> {
    let second: InstantDoc | undefined;
    for (const length of SPANS) {
      const around = second?.span ?? '';
      const upTo: Conditions = { span: { from: around, to: around + END }, first: { to: position + END } };
      second = await this.first(length, upTo, 'span', true);
      if (!second) return null;
    }
    const { span, first, last } = second!;
    let latest = span;
    for await (const [, at] of this.between(first, last! < position ? last! : position))
      if (at.startsWith(span) && at > latest) latest = at;
    return latest;
  }

  /** The first position that was decided in the second of `instant`, but after it; none or one. */
  private async laterInSecond(instant: string): Promise<readonly Position[]> {
    const span = instant.slice(0, SPANS.at(-1));
    const second = await this.first(span.length, { span: { equal: span } }, 'span');
    if (!second) return [];
    for await (const [position, at] of this.between(second.first, second.last!)) if (at > instant) return [position];
    return [];
  }

  /** The positions from `first` to `last`, each with the instant that its event names. */
  private async *between(first: Position, last: Position): AsyncGenerator<readonly [Position, string]> {
    for (let after = await this.before(first), end = false; !end;) {
      const page = await this.log.readLog({ after });
      for (const { position, metadata } of page.events) {
        if (position > last) return;
        yield [position, metadata.occurredAt!];
      }
      ({ position: after, end } = page);
    }
  }

  private async before(position: Position): Promise<Position> {
    const { events } = await this.log.readLog({ direction: 'backward', before: position, limit: 1 });
    return events[0]?.position ?? START;
  }

  private async first(level: number, conditions: Conditions, index: string, descending = false): Promise<InstantDoc | undefined> {
    const query = { all: { level: { equal: level }, ...conditions }, sort: [{ index, descending }], limit: 1 };
    return (await this.reads.find(this.view, SYSTEM_TENANT, query)).rows[0]?.doc;
  }
}
