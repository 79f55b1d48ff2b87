// What a single document says of its commands: those that the caller may give now, and why not the others.
import { DomainError } from '#kernel/errors.js';
import { z } from 'zod';

export const allowedSchema = z
  .array(
    z.strictObject({
      command: z.string().meta({ description: 'As the path of its door ends.' }),
      allowed: z.boolean(),
      reason: z.strictObject({ code: z.string(), detail: z.string() }).nullable(),
    }),
  )
  .meta({
    id: 'Allowed',
    description:
      'Which commands this caller may give; for the others, the refusal that he would be answered. As of a past moment: as things stood then.',
  });
export type Allowed = z.output<typeof allowedSchema>;

/**
 * Tries each command as its door would. An attempt throws the refusal, by the very rules that refuse the command
 * itself, and writes nothing; what any other error says is not caught.
 */
export function allowedAmong(attempts: Readonly<Record<string, () => unknown>>): Allowed {
  return Object.entries(attempts).map(([name, attempt]) => {
    const command = name.replace(/[A-Z]/g, (letter) => `-${letter.toLowerCase()}`);
    try {
      attempt();
      return { command, allowed: true, reason: null };
    } catch (error) {
      if (!(error instanceof DomainError)) throw error;
      return { command, allowed: false, reason: { code: error.code, detail: error.message } };
    }
  });
}
