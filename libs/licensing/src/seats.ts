// The seats of one license, by the device's fingerprint. A license may have 10⁵ of them and a fold makes a
// new value per event, so they lie in 64 buckets of which one is copied at a time.

/** A live activation, as far as rules need it. */
export interface Seat {
  readonly activationId: string;
  readonly fingerprint: string;
  readonly deviceName: string | null;
  readonly activatedAt: string;
}

type Bucket = Readonly<Record<string, Seat>>;
export type Seats = Readonly<Record<string, Bucket>>;

export const NO_SEATS: Seats = {};

/** Fingerprints are base64url of a hash, so any character spreads them evenly. */
const bucketOf = (fingerprint: string) => fingerprint.charAt(20);

export function seatOf(seats: Seats, fingerprint: string): Seat | undefined {
  return seats[bucketOf(fingerprint)]?.[fingerprint];
}

export function withSeat(seats: Seats, seat: Seat): Seats {
  const bucket = bucketOf(seat.fingerprint);
  return { ...seats, [bucket]: { ...seats[bucket], [seat.fingerprint]: seat } };
}

export function withoutSeat(seats: Seats, fingerprint: string): Seats {
  const bucket = bucketOf(fingerprint);
  const { [fingerprint]: _gone, ...rest } = seats[bucket] ?? {};
  return { ...seats, [bucket]: rest };
}

export function allSeats(seats: Seats): Seat[] {
  return Object.values(seats).flatMap((bucket) => Object.values(bucket));
}

/** By id: looks through all seats, which is rare and quick enough. */
export function seatById(seats: Seats, activationId: string): Seat | undefined {
  for (const bucket of Object.values(seats)) {
    for (const seat of Object.values(bucket)) if (seat.activationId === activationId) return seat;
  }
  return undefined;
}
