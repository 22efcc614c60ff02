import type { z } from 'zod';

import { ChatError } from './errors.ts';

/**
 * Parses untrusted input.
 *
 * @throws ChatError `invalid_request` whose message names the first thing wrong and whose `fields` name them all
 */
export function parse<T extends z.ZodType>(schema: T, input: unknown): z.output<T> {
  const result = schema.safeParse(input);
  if (result.success) return result.data;
  const fields: Record<string, string> = {};
  for (const issue of result.error.issues) fields[issue.path.join('.') || 'body'] ??= issue.message;
  const [first] = Object.entries(fields);
  throw new ChatError('invalid_request', first === undefined ? 'The request is not valid.' : `${first[0]}: ${first[1]}`, { fields });
}
