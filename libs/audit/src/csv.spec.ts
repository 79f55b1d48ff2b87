import { describe, expect, it } from '@jest/globals';
import { csvLine } from './csv.js';

describe('a line of CSV', () => {
  it('quotes every value, and doubles quotes in them', () => {
    expect(csvLine(['a,b', 'say "no"', 'two\nlines', 7, null])).toBe('"a,b","say ""no""","two\nlines","7",""\r\n');
  });

  it.each(['=1+1', '+1', '-1', '@SUM(A1)', '\t=1', '\r=1'])('makes %j no formula', (text) => {
    expect(csvLine([text])).toBe(`"'${text}"\r\n`);
  });

  it('leaves numbers and what holds such a sign further on as they are', () => {
    expect(csvLine([-1, 'a=b', 'x-1'])).toBe('"-1","a=b","x-1"\r\n');
  });
});
