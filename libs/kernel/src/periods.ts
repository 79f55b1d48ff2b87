// Calendar arithmetic: periods as ISO 8601 durations, always in UTC, end of month clamped
// (31 January + P1M = 28 or 29 February). Results are stored in events and never computed again.
import { DateTime, Duration } from 'luxon';
import { z } from 'zod';

const PERIOD = /^P(?!$)(\d+Y)?(\d+M)?(\d+W)?(\d+D)?(T(?=\d)(\d+H)?(\d+M)?(\d+S)?)?$/;

/** A period as people write it: an ISO 8601 duration without fractions or sign, longer than nothing, at most 100 years. */
export const periodSchema = z
  .string()
  .max(40)
  .regex(PERIOD, 'must be an ISO 8601 duration such as P1Y, P30D or PT12H')
  .refine((value) => {
    if (!PERIOD.test(value)) return true;
    const days = Duration.fromISO(value).as('days');
    return days > 0 && days <= 36_525;
  }, 'must be longer than nothing and at most 100 years')
  .meta({ format: 'duration' });

/** The instant one period after `instant` (ISO 8601, UTC), clamped to the end of a shorter month. */
export function addPeriod(instant: string, period: string): string {
  return shift(instant, period, 1);
}

/** The instant one period before `instant`. */
export function subtractPeriod(instant: string, period: string): string {
  return shift(instant, period, -1);
}

function shift(instant: string, period: string, sign: 1 | -1): string {
  const from = DateTime.fromISO(instant, { zone: 'utc' });
  const length = Duration.fromISO(period);
  const to = sign === 1 ? from.plus(length) : from.minus(length);
  if (!to.isValid || to.year > 9998) return '9999-01-01T00:00:00.000Z';
  return to.toISO({ suppressMilliseconds: false });
}
