import { z } from 'zod';

/** A password as it is sent. Whether it may be chosen is for `checkPassword` to say, whose refusals have codes of their own. */
export const passwordSchema = z.string().min(1).max(1_000).meta({ format: 'password' });
