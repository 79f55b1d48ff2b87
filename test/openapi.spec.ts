import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { startTwoTours, type TwoTours } from './support/two-tours.js';
let two: TwoTours;
beforeAll(async () => { two = await startTwoTours(); }, 60_000);
afterAll(() => two.server.dispose());
describe('x', () => { it('y', () => { expect(two.acme.tour.cases.length).toBe(1); }); });
