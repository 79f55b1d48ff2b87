import { describe, expect, it } from '@jest/globals';
import fc from 'fast-check';
import { DateTime, Duration } from 'luxon';
import { addPeriod, periodSchema, subtractPeriod } from './periods.js';

const instants = fc
  .date({ min: new Date('1970-01-01T00:00:00.000Z'), max: new Date('9998-12-31T23:59:59.999Z'), noInvalidDate: true })
  .map((date) => date.toISOString());
const parts = fc.record({
  years: fc.nat(99),
  months: fc.nat(40),
  weeks: fc.nat(60),
  days: fc.nat(800),
  hours: fc.nat(50),
  minutes: fc.nat(90),
  seconds: fc.nat(90),
});
const periods = parts.map((given) => Duration.fromObject(given).toISO()).filter((text) => periodSchema.safeParse(text).success);

const END = '9999-01-01T00:00:00.000Z';

/** What the calendar library says. */
function expected(instant: string, period: string, sign: 1 | -1): string {
  const to = DateTime.fromISO(instant, { zone: 'utc' }).plus(Duration.fromISO(period).mapUnits((value) => sign * value));
  return to.isValid && to.year <= 9998 ? to.toISO({ suppressMilliseconds: false }) : END;
}

describe('a period', () => {
  it('is added and taken away as the calendar library does it', () => {
    fc.assert(
      fc.property(instants, periods, (instant, period) => {
        expect(addPeriod(instant, period)).toBe(expected(instant, period, 1));
        expect(subtractPeriod(instant, period)).toBe(expected(instant, period, -1));
      }),
      { numRuns: 2_000 },
    );
  });

  it.each([
    ['2026-01-31T10:00:00.000Z', 'P1M', '2026-02-28T10:00:00.000Z'],
    ['2024-02-29T10:00:00.000Z', 'P1Y', '2025-02-28T10:00:00.000Z'],
    ['2026-12-31T23:59:59.999Z', 'P1DT1S', '2027-01-02T00:00:00.999Z'],
    ['9998-12-01T00:00:00.000Z', 'P1Y', END],
  ])('%s and %s are %s', (instant, period, then) => {
    expect(addPeriod(instant, period)).toBe(then);
  });
});
