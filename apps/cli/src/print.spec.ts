import { describe, expect, it } from '@jest/globals';
import type { JsonObject } from '#kernel/json.js';
import { lines, table } from './print.js';

describe('a table', () => {
  it('has a column per name, as wide as its widest cell', () => {
    const rows = [
      { slug: 'acme', name: 'Acme' },
      { slug: 'wile-e', name: null, more: 1 },
    ] as JsonObject[];
    expect(table(rows, ['slug', 'name'], 'none')).toBe('slug    name\nacme    Acme\nwile-e  -');
  });

  it('without rows is a sentence', () => {
    expect(table([], ['slug'], 'There is no tenant yet.')).toBe('There is no tenant yet.');
  });
});

it('lines show every member, lists and numbers too', () => {
  expect(lines({ id: 'x', roles: ['a', 'b'], none: [], uses: 3 })).toBe('id     x\nroles  a, b\nnone   -\nuses   3');
});
