import { bodyOfRelayed, mapImage, type RelayedBody } from '@switchboard/protocol/body';

import { sameOriginUrl } from '../transport/relayed-picture.ts';
import { derivedKey } from './derived-key.ts';
import type { LiveMessage } from './state.ts';

/** The common fields of relayed messages. */
interface Relayed extends RelayedBody {
  readonly timestamp: string;
  readonly messageKey?: string | undefined;
}

/** The sender; `from` is the address of the conversation. */
interface From {
  readonly from: string;
  readonly senderType: 'CLIENT' | 'OPERATOR';
  readonly operatorId?: number | string | null | undefined;
  readonly operatorName?: string | null | undefined;
}

/** The message of a relay event. A message without a key (from an old front-end) gets the key that every receiver derives. */
export function liveMessage(event: Relayed, { from, senderType, operatorId, operatorName }: From): LiveMessage {
  const { messageKey, type, message, image, timestamp } = event;
  const id = operatorId == null ? Number.NaN : Number(operatorId);
  return {
    key: messageKey?.toLowerCase() ?? derivedKey({ from, timestamp, type, message, image }),
    keyed: messageKey !== undefined,
    senderType,
    operatorId: Number.isInteger(id) ? id : null,
    operatorName: operatorName ?? null,
    body: mapImage(bodyOfRelayed(event), ({ url, ...image }) => ({
      ...image,
      url: url === null ? null : sameOriginUrl(url),
      width: null,
      height: null,
    })),
    createdAt: timestamp,
  };
}
