import { MAX_SAVE_BATCH } from '@switchboard/protocol/limits';
import type { NewMessage } from '@switchboard/protocol/types';

import { KEEPALIVE_BYTES } from '../transport/http.ts';
import { fileOf, toNewMessage } from './entry.ts';
import type { OutboxEntry } from './entry.ts';

/** Bytes of the JSON around the messages of a request body. */
const ENVELOPE_BYTES = 64;

/**
 * The entries of one conversation that are sent in one request: from the head of the queue, in order, at most `limit`, and no more than fit into a request
 * that outlives the page. Stops before a picture that is not uploaded yet, and before a key that the batch already has (from the other side). Empty only when
 * the queue is empty or begins with such a picture.
 */
export function nextBatch(
  waiting: readonly OutboxEntry[],
  asOperator: boolean,
  limit = MAX_SAVE_BATCH,
): { entries: OutboxEntry[]; messages: NewMessage[] } {
  const entries: OutboxEntry[] = [];
  const messages: NewMessage[] = [];
  const keys = new Set<string>();
  let bytes = ENVELOPE_BYTES;
  for (const entry of waiting) {
    if (entries.length >= Math.min(limit, MAX_SAVE_BATCH) || needsUpload(entry) || keys.has(entry.key)) break;
    const message = toNewMessage(entry, asOperator);
    bytes += new TextEncoder().encode(JSON.stringify(message)).length + 1;
    if (entries.length > 0 && bytes >= KEEPALIVE_BYTES) break;
    keys.add(entry.key);
    entries.push(entry);
    messages.push(message);
  }
  return { entries, messages };
}

/** Whether the entry has a file that must be uploaded before the entry can be saved. */
export function needsUpload(entry: OutboxEntry): boolean {
  return fileOf(entry)?.url === null;
}
