// Field types that events, commands and views share, and the marks that tell the codec what to seal.
import { z } from 'zod';

/**
 * What a personal field shows once its subject's key is gone, or while it cannot be opened.
 * A view renders it as it is; a rule never compares it.
 */
export const ERASED = '\u0000erased';

/** An instant on the wire and in the log: ISO 8601, UTC, exactly milliseconds, years 1970 to 9999. */
export const instantSchema = z.iso
  .datetime({ precision: 3, offset: false })
  .refine((value) => value >= '1970' && value < '9999-12', 'must lie between 1970 and 9999')
  .meta({ format: 'date-time' });

/** An instant as people send it: any precision and offset of RFC 3339; becomes UTC with milliseconds. */
export const instantInputSchema = z.iso
  // Aborts: what cannot be read as an instant must not reach the steps below.
  .datetime({ offset: true, abort: true, error: 'must be an instant with a zone, such as 2026-01-31T12:00:00Z' })
  .refine((value) => {
    const time = Date.parse(value);
    return time >= 0 && time < Date.UTC(9999, 11, 1);
  }, 'must lie between 1970 and 9999')
  .overwrite((value) => new Date(value).toISOString());

/** A name that people read: one line, no control characters, trimmed. */
export const nameSchema = z
  .string()
  .trim()
  .min(1)
  .max(200)
  .regex(/^[^\p{Cc}\p{Cs}]*$/u, 'must not hold control characters');

/** Free text that people write: reasons, notes. */
export const textSchema = z
  .string()
  .trim()
  .min(1)
  .max(2000)
  // eslint-disable-next-line no-control-regex -- a line break and a tab are text, other controls are not
  .regex(/^[^\u0000-\u0008\u000b\u000c\u000e-\u001f\u007f]*$/, 'must not hold control characters');

/** An e-mail address: kept as typed, compared in lower case (see `emailKey`). */
export const emailSchema = z.email().max(254);

/** The form in which two addresses are the same. */
export function emailKey(email: string): string {
  return email.trim().toLowerCase().normalize('NFC');
}

interface SealMark {
  /** The field of the same event whose value is the subject: a person's, organization's or tenant's id. */
  readonly subject: string;
}

const SEAL = 'keyledger-seal';

/**
 * Marks a string field as personal: it is stored encrypted with the key of the subject that another
 * field of the same event names, and reads as {@link ERASED} once that key is destroyed.
 */
export function sealed<T extends z.ZodType>(subject: string, schema: T): T {
  return schema.meta({ ...schema.meta(), [SEAL]: subject });
}

const SECRET = 'keyledger-secret';

/** Marks a field that opens something (a key), or that a stolen one is checked against (its hash): it is told to nobody outside. */
export function secret<T extends z.ZodType>(schema: T): T {
  return schema.meta({ ...schema.meta(), [SECRET]: true });
}

/** The top-level fields of an event that are marked as {@link secret}. */
export function secretFields(schema: z.ZodObject): ReadonlySet<string> {
  const marked = Object.entries(schema.shape).filter(([, type]) => (type as z.ZodType).meta()?.[SECRET] === true);
  return new Set(marked.map(([field]) => field));
}

/** The seal marks of an event's top-level fields: field → subject field. */
export function sealMarks(schema: z.ZodObject): ReadonlyMap<string, SealMark> {
  const marks = new Map<string, SealMark>();
  for (const [field, type] of Object.entries(schema.shape)) {
    const subject = (type as z.ZodType).meta()?.[SEAL];
    if (typeof subject === 'string') marks.set(field, { subject });
  }
  return marks;
}
