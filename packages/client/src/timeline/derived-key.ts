import type { RelayedBody } from '@switchboard/protocol/body';

import { sha1 } from '../platform/sha1.ts';
import { formatUuid } from '../platform/uuid.ts';

/** Characters of an image that count: an inline one may be a hundred megabytes. */
const IMAGE_SAMPLE = 4_096;

/** What all receivers of one message without a key see alike. */
export interface KeylessMessage extends Pick<RelayedBody, 'type' | 'message' | 'image'> {
  /** The visitor's address, or for an operator's message the conversation's. */
  readonly from: string;
  readonly timestamp: string;
}

/** The message key of a message whose sender (an old front-end) gave none: the same UUID in every browser that receives it. */
export function derivedKey(message: KeylessMessage): string {
  const image = message.image ?? '';
  const parts = [
    message.from,
    message.timestamp,
    message.type,
    message.message ?? '',
    image.length,
    image.slice(0, IMAGE_SAMPLE),
    image.slice(-IMAGE_SAMPLE),
  ];
  return formatUuid(sha1(new TextEncoder().encode(JSON.stringify(parts))), 5);
}
