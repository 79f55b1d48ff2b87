import { describe, expect, it } from '@jest/globals';
import fc from 'fast-check';
import { allSeats, NO_SEATS, oldestSeats, withSeat, type Seat } from './seats.js';
import { activation, fingerprint } from './testing/license-examples.js';

const seat = (n: number, second: number): Seat => ({
  ...{ activationId: activation(n), fingerprint: fingerprint(n), deviceName: null, userId: null },
  activatedAt: `2026-01-01T00:00:0${second}.000Z`,
});

describe('the oldest seats', () => {
  it('are those that sorting all of them would put first', () => {
    fc.assert(
      fc.property(fc.array(fc.nat(9), { maxLength: 40 }), fc.integer({ min: 1, max: 12 }), (seconds, most) => {
        const seats = seconds.reduce((taken, second, n) => withSeat(taken, seat(n, second)), NO_SEATS);
        const order = ({ activatedAt, activationId }: Seat) => `${activatedAt} ${activationId}`;
        const sorted = allSeats(seats).sort((a, b) => (order(a) < order(b) ? -1 : 1));
        expect(oldestSeats(seats, most)).toEqual(sorted.slice(0, most));
      }),
    );
  });
});
