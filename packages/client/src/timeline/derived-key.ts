import type { RelayedBody } from '@switchboard/protocol/body';

import { sha1 } from '../platform/sha1.ts';
import { formatUuid } from '../platform/uuid.ts';

/** Characters of an image that enter the key: an inline image may have a hundred megabytes. */
const IMAGE_SAMPLE = 4_096;

/** The fields of a message without a key that are the same for all receivers. */
export interface KeylessMessage extends Pick<RelayedBody, 'type' | 'message' | 'image'> {
  /** The visitor's address; for an operator's message, the conversation's. */
  readonly from: string;
  readonly timestamp: string;
}

/** The key of a message whose sender (an old front-end) sent none: the same UUID in every browser that receives it. */
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
