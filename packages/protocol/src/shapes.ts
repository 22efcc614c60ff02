import { z } from 'zod';

/** What the shapes of requests are made of. */

/** NUL can't be stored in PostgreSQL text; the rest of C0 except tab and line breaks has no business in a name or message. */
const plain = (value: string) => !/\u0000/.test(value);
export const text = (max: number) => z.string().max(max).refine(plain, 'must not contain NUL characters');
export const line = (max: number) => text(max).trim();
export const seq = z.int().nonnegative();

/** A query string's number: digits only, so that `1e3`, ` 5` and the empty string are refused. */
export const queryNumber = z
  .string()
  .regex(/^\d{1,9}$/, 'must be a whole number')
  .transform(Number);
