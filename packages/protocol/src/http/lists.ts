import { z } from 'zod';

import { MAX_PAGE_SIZE } from '../limits.ts';
import { queryNumber } from '../shapes.ts';

/** Asks for a page of a list. */
export const pageQuery = z.object({
  cursor: z.string().max(64).optional(),
  limit: queryNumber.pipe(z.int().min(1).max(MAX_PAGE_SIZE)).optional(),
});

/** A page of a list. */
export const listOf = <T extends z.ZodType>(item: T) =>
  z.object({ items: z.array(item), nextCursor: z.string().nullable().describe('Null on the last page.') });

/** The version that the caller has seen: a change is refused when there is a newer one. */
export const expectedVersion = z.object({ version: z.int().positive() }).describe('What the caller has seen.');
