// Questions about the past: the same doors, answered as of an instant or a position that lies behind.
import { z } from 'zod';
import { instantInputSchema } from '#kernel/fields.js';
import { positionSchema } from './schemas.js';

/** The members of a query by which a caller names a moment of the past. */
export const moment = {
  at: instantInputSchema.optional().meta({
    description: 'Answer as of this past instant: what was recorded by then, looked at then. Not together with `atPosition`.',
  }),
  atPosition: positionSchema
    .optional()
    .meta({ description: 'Answer as of this past position, looked at when it was recorded. Not together with `at`.' }),
};

const momentSchema = z.strictObject(moment);
type Moment = z.output<typeof momentSchema>;

export function oneMoment({ at, atPosition }: Moment): boolean {
  return at === undefined || atPosition === undefined;
}
export const ONE_MOMENT = 'must name the moment by `at` or by `atPosition`, one of both';

/** The query of a thing that can be read as of the past. */
export const asOfQuery = momentSchema.refine(oneMoment, ONE_MOMENT);
export type AsOfQuery = z.output<typeof asOfQuery>;

/** The moment that a query asks for; null where it asks for the present, or for nothing that its schema will take. */
export function momentOf(query: unknown): Moment | null {
  const { at, atPosition } = (query ?? {}) as Record<string, unknown>;
  const { success, data } = asOfQuery.safeParse({ at, atPosition });
  return success && (data.at !== undefined || data.atPosition !== undefined) ? data : null;
}
