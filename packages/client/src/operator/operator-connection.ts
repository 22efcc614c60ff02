import type { PeerInputs } from '@switchboard/protocol/types';

import type { ConversationContext } from '../conversation/context.ts';
import type { RelayAddress } from '../model/types.ts';
import type { NewEntry } from '../outbox/entry.ts';
import { Connection } from '../transport/connection.ts';
import type { ConnectionOptions } from '../transport/connection.ts';
import { relayedFields } from '../transport/relayed-picture.ts';
import type { OperatorContext } from './operator-context.ts';

/** The operator's connection to the relay. Each attempt has a fresh token, which is valid for ten minutes at most. */
export function openOperatorConnection(
  { effects, clock, http, session, operator }: OperatorContext,
  relay: RelayAddress,
  handlers: ConnectionOptions['handlers'],
): Connection {
  const connection = new Connection(effects, clock, {
    relay,
    token: async () => {
      const { token, operatorId } = await http.request('POST /api/chat/token');
      session.checkToken(operatorId);
      return token;
    },
    join: () => ({ role: 'operator', name: operator.name, operatorId: operator.id }),
    handlers,
  });
  // Nothing is sent to the relay in the name of an operator who is not signed in here any more.
  session.onChange(() => (session.holder() === 'own' ? connection.resume() : connection.suspend()));
  return connection;
}

/** How an operator sends to one visitor over the relay. Nothing is sent without an address: the visitor never had one. */
export function senderTo(
  address: () => string | null,
  { effects, operator }: OperatorContext,
  connection: () => Connection,
): Pick<ConversationContext, 'relay' | 'sendTyping'> {
  return {
    relay: async (entry) => {
      const to = address();
      return to === null ? null : connection().send('operatorMessage', operatorMessageOf(entry, to, operator, effects.page.origin));
    },
    sendTyping: (isTyping) => {
      const to = address();
      if (to !== null) connection().signal('operatorTyping', { to, isTyping, operatorName: operator.name });
    },
  };
}

function operatorMessageOf(
  entry: NewEntry,
  to: string,
  operator: OperatorContext['operator'],
  origin: string,
): PeerInputs['operatorMessage'] {
  return {
    ...relayedFields(entry.body, origin),
    to,
    operatorId: operator.id,
    operatorName: operator.name,
    messageKey: entry.key,
  };
}
