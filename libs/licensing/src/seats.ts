// The seats of one license, by the device's fingerprint. A license may have 10⁵ of them and a fold makes a
// new value per event, so they lie in 64 × 64 buckets, of which one is copied at a time.

/** A live activation, as far as rules need it. */
export interface Seat {
  readonly activationId: string;
  readonly fingerprint: string;
  readonly deviceName: string | null;
  /** The signed-in user who activated it; null where a license key or a token did. */
  readonly userId: string | null;
  readonly activatedAt: string;
}

type Bucket = Readonly<Record<string, Seat>>;
export type Seats = Readonly<Record<string, Readonly<Record<string, Bucket>>>>;

export const NO_SEATS: Seats = {};

/** Fingerprints are base64url of a hash, so any two characters spread them evenly. */
const placeOf = (fingerprint: string) => [fingerprint.charAt(20), fingerprint.charAt(21)] as const;

function withBucket(seats: Seats, fingerprint: string, change: (bucket: Bucket) => Bucket): Seats {
  const [row, column] = placeOf(fingerprint);
  return { ...seats, [row]: { ...seats[row], [column]: change(seats[row]?.[column] ?? {}) } };
}

export function seatOf(seats: Seats, fingerprint: string): Seat | undefined {
  const [row, column] = placeOf(fingerprint);
  return seats[row]?.[column]?.[fingerprint];
}

export function withSeat(seats: Seats, seat: Seat): Seats {
  return withBucket(seats, seat.fingerprint, (bucket) => ({ ...bucket, [seat.fingerprint]: seat }));
}

export function withoutSeat(seats: Seats, fingerprint: string): Seats {
  return withBucket(seats, fingerprint, ({ [fingerprint]: _gone, ...rest }) => rest);
}

export function allSeats(seats: Seats): Seat[] {
  return Object.values(seats).flatMap((row) => Object.values(row).flatMap((bucket) => Object.values(bucket)));
}

/** The first seat, in no order, of which `is` holds; nothing is copied on the way. */
function findSeat(seats: Seats, is: (seat: Seat) => boolean): Seat | undefined {
  for (const row of Object.values(seats)) {
    for (const bucket of Object.values(row)) {
      for (const fingerprint in bucket) if (is(bucket[fingerprint]!)) return bucket[fingerprint];
    }
  }
  return undefined;
}

/** By id: looks through all seats, which is rare and quick enough. */
export function seatById(seats: Seats, activationId: string): Seat | undefined {
  return findSeat(seats, (seat) => seat.activationId === activationId);
}

function isOlder(a: Seat, b: Seat): boolean {
  return a.activatedAt < b.activatedAt || (a.activatedAt === b.activatedAt && a.activationId < b.activationId);
}

/**
 * The oldest seats, oldest first, at most so many; where `userId` is given, only those that this user activated.
 * One look at each: a refusal must not sort 10⁵ of them.
 */
export function oldestSeats(seats: Seats, most: number, userId?: string): Seat[] {
  const oldest: Seat[] = [];
  findSeat(seats, (seat) => {
    if (userId !== undefined && seat.userId !== userId) return false;
    if (oldest.length === most && !isOlder(seat, oldest[most - 1]!)) return false;
    oldest.splice(oldest.findLastIndex((older) => isOlder(older, seat)) + 1, 0, seat);
    if (oldest.length > most) oldest.pop();
    return false;
  });
  return oldest;
}
