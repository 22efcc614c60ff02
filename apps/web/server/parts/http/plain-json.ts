import { errorFor } from '@switchboard/protocol';

/** How deep a body may be nested. The product's bodies are nested three levels deep. */
export const MAX_DEPTH = 8;
/** How many values a body may have. 100 messages with all their fields have about 1,200. */
export const MAX_VALUES = 5_000;

const QUOTE = 0x22;
const BACKSLASH = 0x5c;
const COMMA = 0x2c;
const OPEN_LIST = 0x5b;
const CLOSE_LIST = 0x5d;
const OPEN_OBJECT = 0x7b;
const CLOSE_OBJECT = 0x7d;

/**
 * Checks JSON in one pass before it is parsed: parsing deep nesting, and validating a million small values, takes far longer than the size suggests. Does not
 * check whether it is JSON.
 *
 * @throws ChatError `invalid_request` when it is nested too deep or has too many values
 */
export function requirePlain(json: Uint8Array): void {
  let depth = 0;
  let values = 0;
  let inString = false;
  for (let at = 0; at < json.length; at += 1) {
    const byte = json[at];
    if (inString) {
      if (byte === BACKSLASH) at += 1;
      else if (byte === QUOTE) inString = false;
    } else if (byte === QUOTE) inString = true;
    else if (byte === COMMA) values += 1;
    else if (byte === OPEN_LIST || byte === OPEN_OBJECT) {
      depth += 1;
      values += 1;
    } else if (byte === CLOSE_LIST || byte === CLOSE_OBJECT) depth -= 1;
    if (depth > MAX_DEPTH) throw errorFor('json_too_deep', { limit: MAX_DEPTH });
    if (values > MAX_VALUES) throw errorFor('json_too_many_values', { limit: MAX_VALUES });
  }
}
