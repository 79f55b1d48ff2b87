import { Database } from './sqlite.driver.js';
import { describe, expect, it } from '@jest/globals';
import type { LogFilter } from './event-store.js';
import { eventsFormat } from './sqlite.events-file.js';
import { logQuery } from './sqlite.reader.js';

describe('a read of the log', () => {
  const filters: LogFilter[] = [
    {},
    { tenant: 'acme' },
    { tenant: 'acme', categories: ['license', 'order'] },
    { categories: ['license'] },
    { categories: ['license', 'order', 'product'] },
  ];

  it.each(filters)('with filter %j finds its events by an index and sorts nothing, in both directions', (filter) => {
    const db = new Database(':memory:');
    for (const migration of eventsFormat.migrations) db.exec(migration);
    for (const direction of ['forward', 'backward'] as const) {
      const [sql, parameters] = logQuery(filter, direction, 0, 1_000, 100);
      const plan = db.prepare(`EXPLAIN QUERY PLAN ${sql}`).all(...parameters) as { detail: string }[];
      const steps = plan.map(({ detail }) => detail);
      expect(steps.length).toBeGreaterThan(0);
      expect(steps.filter((step) => /SCAN|TEMP B-TREE/.test(step))).toEqual([]);
    }
    db.close();
  });

  it('takes a filter without or with doubled categories for a mistake', () => {
    for (const categories of [[], ['license', 'license']]) {
      expect(() => logQuery({ categories }, 'forward', 0, 1, 1)).toThrow('at least one, and each once');
    }
  });
});
