import { z } from 'zod';

import { MAX_NAME_LENGTH } from './limits.ts';
import { isVisible } from './visible.ts';

/** What the shapes of requests are made of. */

/** NUL can't be stored in PostgreSQL text; the rest of C0 except tab and line breaks has no business in a name or message. */
const plain = (value: string) => !/\u0000/.test(value);
export const text = (max: number) => z.string().max(max).refine(plain, 'must not contain NUL characters');
export const line = (max: number) => text(max).trim();
/** What somebody is called. */
export const personName = line(MAX_NAME_LENGTH).refine(isVisible, 'must not be empty');
export const seq = z.int().nonnegative();

/**
 * What a host page fills into the form, where the visitor can't correct it: a value that can't be used counts as not given.
 *
 * @param isUsable given the text without the spaces around it
 */
export const extra = (max: number, isUsable: (value: string) => boolean = isVisible) =>
  z
    .custom<string>()
    .optional()
    .transform((value: unknown) => {
      const given = typeof value === 'string' ? value.trim() : '';
      return given !== '' && given.length <= max && plain(given) && isUsable(given) ? given : undefined;
    })
    .meta({ type: 'string', description: 'Counts as not given when it can’t be used.' });

/** A query string's number: digits only, so that `1e3`, ` 5` and the empty string are refused. */
export const queryNumber = z
  .string()
  .regex(/^\d{1,9}$/, 'must be a whole number')
  .transform(Number);
