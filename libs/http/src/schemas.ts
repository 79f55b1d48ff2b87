// Schemas that the routes of every context share.
import { z } from 'zod';
import { idSchema } from '#kernel/ids.js';

/** `@Param({ schema: idParam })` of `/v1/<things>/:id`. */
export const idParam = z.strictObject({ id: idSchema });
export type Id = z.output<typeof idParam>;

/** The body of a command that needs none; an absent body is the same. */
export const noBody = z.strictObject({});

/** A place in the log: opaque, sortable as text. */
export const positionSchema = z
  .string()
  .regex(/^\d{20}$/)
  .meta({ id: 'Position', description: 'A place in the log: opaque, but later ones sort after earlier ones.' });

export const revisionSchema = z
  .int()
  .min(0)
  .meta({ description: 'Grows by one with each event of the thing; the ETag without its quotes.' });

/** The answer of a command that has nothing else to say. */
export const commandAnswer = z.strictObject({ id: idSchema, revision: revisionSchema }).meta({ id: 'CommandAnswer' });

/** An array that a query writes as a comma list: `status=active,suspended`. */
export function commaList<T extends z.ZodType>(item: T) {
  return z.preprocess((value) => (typeof value === 'string' ? value.split(',') : value), z.array(item).min(1).max(50));
}

/** A boolean that a query writes as `true` or `false`. */
export const queryBoolean = z.preprocess((value) => (value === 'true' ? true : value === 'false' ? false : value), z.boolean());
