import { describe, expect, it } from '@jest/globals';
import { START, type LogFilter, type LogPage, type Position, type StoredEvent } from './event-store.js';
import { LogTail, type TailRead } from './sqlite.tail.js';
import { positionOf } from './sqlite.rows.js';

const STREAMS = ['license-acme~1', 'license-globex~1', 'order-acme~1'];

/** A log of so many events, one stream after the other, that counts how often it is read. */
class CountedLog {
  reads = 0;
  constructor(public events = 0) {}

  head(): Position {
    return positionOf(this.events);
  }

  log({ after = START, limit = 500, categories, tenant }: LogFilter & { after?: Position; limit?: number }): LogPage {
    this.reads += 1;
    const all = Array.from({ length: this.events }, (_, n) => ({ position: positionOf(n + 1), stream: STREAMS[n % 3]! }));
    const wanted = all.filter(({ position, stream }) => {
      const [category, owner] = stream.split(/[-~]/);
      return position > after && (!categories || categories.includes(category!)) && (!tenant || tenant === owner);
    });
    const events = wanted.slice(0, limit) as StoredEvent[];
    const end = wanted.length <= limit;
    return { events, position: end ? this.head() : events.at(-1)!.position, end };
  }
}

const filters: LogFilter[] = [{}, { categories: ['license'] }, { tenant: 'acme' }, { categories: ['order'], tenant: 'acme' }];

describe('the tail of the log', () => {
  it.each(filters)('gives what a read of the log by %j gives, page by page', (filter) => {
    const log = new CountedLog(40);
    const tail = new LogTail(log as never);
    for (const limit of [1, 7, 100]) {
      for (let after = START, end = false; !end;) {
        const read: TailRead = { ...filter, after, limit };
        const page = tail.next(1, read);
        expect(page.events).toEqual(log.log(read).events);
        ({ position: after, end } = page);
      }
    }
  });

  it('is read once for all who follow at the same place, and again after a commit', () => {
    const log = new CountedLog(3);
    const tail = new LogTail(log as never);
    for (const filter of filters) tail.next(1, { ...filter, after: START, limit: 500 });
    expect(log.reads).toBe(1);
    log.events += 3;
    const pages = filters.map((filter) => tail.next(2, { ...filter, after: positionOf(3), limit: 500 }));
    expect(log.reads).toBe(2);
    expect(pages.map(({ events }) => events.length)).toEqual([3, 2, 2, 1]);
    expect(pages.every(({ position, end }) => end && position === positionOf(6))).toBe(true);
  });

  it('leaves those who are far behind to their own filter', () => {
    const log = new CountedLog(5_000);
    const page = new LogTail(log as never).next(1, { categories: ['order'], after: START, limit: 1_500 });
    expect(page.events).toHaveLength(1_500);
  });
});
