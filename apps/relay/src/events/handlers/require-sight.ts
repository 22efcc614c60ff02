import { ChatError } from '@switchboard/protocol';

import type { Operator } from '../../peer.ts';
import type { RelayContext } from './handler.ts';

/** @throws ChatError `forbidden` for an operator who may not see the conversation of this address */
export function requireSight({ delivery }: RelayContext, address: string, operator: Operator): void {
  if (!delivery.mayWrite(address, operator)) throw new ChatError('forbidden', 'This conversation belongs to another team.');
}
