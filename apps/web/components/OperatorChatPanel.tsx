'use client';

import { createOperatorChat, type RelayAddress } from '@switchboard/client';
import { useState } from 'react';

import { Console } from './console/Console.tsx';
import type { ConsoleOperator } from './console/operator.ts';
import { useLease } from './hooks/use-lease.ts';

export interface OperatorChatPanelProps {
  readonly operator: ConsoleOperator;
  readonly relay: RelayAddress;
  readonly debug: boolean;
}

/** The operator's console: opens the chat in this browser and shows it. */
export function OperatorChatPanel(props: OperatorChatPanelProps) {
  const { email } = props.operator;
  const [session, setSession] = useState(0);
  const signedIn = (as: string) => {
    // Another person's console is another page: its drafts and its outbox are not this one's.
    if (as.toLowerCase() === email.toLowerCase()) setSession((before) => before + 1);
    else window.location.reload();
  };
  // A new session is a new chat: tokens and lines of the old one are void. The outbox stays.
  return <OpenChat key={session} {...props} onSignedIn={signedIn} />;
}

function OpenChat({ operator, relay, debug, onSignedIn }: OperatorChatPanelProps & { readonly onSignedIn: (email: string) => void }) {
  const { id, name } = operator;
  const chat = useLease(
    () => createOperatorChat({ relay, operator: { id, name }, debug }),
    (open) => open.close(),
  );
  if (chat === undefined) return <output aria-label="Loading" className="block h-dvh" />;
  return <Console chat={chat} operator={operator} onSignedIn={onSignedIn} />;
}
