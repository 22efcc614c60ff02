import { z } from 'zod';

import { MAX_NAME_LENGTH } from './limits.ts';
import { isVisible } from './visible.ts';

/** The building blocks of request schemas. */

/** PostgreSQL can't store NUL in a text. */
const hasNoNul = (value: string) => !/\u0000/.test(value);
export const text = (max: number) => z.string().max(max).refine(hasNoNul, 'must not contain NUL characters');
export const line = (max: number) => text(max).trim();
/** The name of a person. */
export const personName = line(MAX_NAME_LENGTH).refine(isVisible, 'must not be empty');
/** A name that operators choose: their own, a team’s … */
export const chosenName = personName.refine((value) => !/\p{Cc}/u.test(value), 'must not contain control characters');
/** The id of a row, in a body. */
export const rowId = z.int().positive().max(2_147_483_647);
export const seq = z.int().nonnegative();

/**
 * A field that a host page may fill in, where the visitor can't correct it: an unusable value counts as not given.
 *
 * @param isUsable gets the trimmed text
 */
export const extra = (max: number, isUsable: (value: string) => boolean = isVisible) =>
  z
    .custom<string>()
    .optional()
    .transform((value: unknown) => {
      const given = typeof value === 'string' ? value.trim() : '';
      return given !== '' && given.length <= max && hasNoNul(given) && isUsable(given) ? given : undefined;
    })
    .meta({ type: 'string', description: 'Counts as not given when it can’t be used.' });

/** A number in a query string: digits only, so `1e3`, ` 5` and the empty string are refused. */
export const queryNumber = z
  .string()
  .regex(/^\d{1,9}$/, 'must be a whole number')
  .transform(Number);
