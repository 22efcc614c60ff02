import type { PeerEventName } from '@switchboard/protocol';

import { chatEnded } from './chat-ended.ts';
import { check } from './check.ts';
import { clientMessage } from './client-message.ts';
import { clientTyping } from './client-typing.ts';
import type { PeerHandler } from './handler.ts';
import { join } from './join.ts';
import { operatorActivity } from './operator-activity.ts';
import { operatorMessage } from './operator-message.ts';
import { operatorTyping } from './operator-typing.ts';

/** One handler for each event of the protocol. A missing handler, or one under the name of another event, does not compile. */
export type HandlerTable = { readonly [E in PeerEventName]: PeerHandler<E> };

export const handlers = {
  join,
  clientMessage,
  clientTyping,
  chatEnded,
  check,
  operatorActivity,
  operatorMessage,
  operatorTyping,
} satisfies HandlerTable;
