import type { z } from 'zod';

import { errorFor } from './reasons.ts';

/**
 * Parses untrusted input.
 *
 * @throws ChatError `invalid_request` whose message names the first invalid field and whose `fields` name them all
 */
export function parse<T extends z.ZodType>(schema: T, input: unknown): z.output<T> {
  const result = schema.safeParse(input);
  if (result.success) return result.data;
  const fields: Record<string, string> = {};
  for (const issue of result.error.issues) fields[issue.path.join('.') || 'body'] ??= issue.message;
  const [first = ['body', 'is invalid']] = Object.entries(fields);
  throw errorFor('invalid_field', { field: first[0], problem: first[1] }, { fields });
}
