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
    const [next] = later.flatMap((doc) => (doc ? [doc.first] : [])).sort();
    if (next === undefined) return asOf;
    const { events } = await this.log.readLog({ direction: 'backward', before: next, limit: 1 });
    return events[0]?.position ?? START;
  }

  /** The instant at which a position was recorded; null before the first one. */
  async recordedAt(position: Position): Promise<string | null> {
    let around = '';
    for (const length of SPANS) {
      const upTo: Conditions = { span: { from: around, to: around + END }, first: { to: position + END } };
      const doc = await this.first(length, upTo, 'span', true);
      if (!doc) return null;
      around = doc.span;
    }
    return `${around}Z`;
  }

  private async first(level: number, conditions: Conditions, index: string, descending = false): Promise<InstantDoc | undefined> {
    const query = { all: { level: { equal: level }, ...conditions }, sort: [{ index, descending }], limit: 1 };
    return (await this.reads.find(this.view, SYSTEM_TENANT, query)).rows[0]?.doc;
  }
}
