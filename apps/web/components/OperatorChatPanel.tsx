'use client';

import { type RelayAddress, createOperatorChat } from '@switchboard/client';

import { Console } from './console/Console.tsx';
import { ConsoleShell } from './console/ConsoleShell.tsx';
import type { ConsoleOperator } from './console/operator.ts';
import { useLease } from './hooks/use-lease.ts';

export interface OperatorChatPanelProps {
  readonly operator: ConsoleOperator;
  readonly relay: RelayAddress;
  /** Most bytes of an image. */
  readonly maxImageBytes: number;
  readonly debug: boolean;
  /** Whether the address names a conversation. */
  readonly opening: boolean;
}

/** The operator's console: opens the chat in this browser and renders it. */
export function OperatorChatPanel(props: OperatorChatPanelProps) {
  const { email } = props.operator;
  // The open chat detects the sign-in and continues with its state. Another person's console is another page: its drafts and its outbox are not
  // this one's.
  const signedIn = (as: string) => {
    if (as.toLowerCase() !== email.toLowerCase() || typeof BroadcastChannel === 'undefined') window.location.reload();
  };
  return <OpenChat {...props} onSignedIn={signedIn} />;
}

function OpenChat({
  operator,
  relay,
  maxImageBytes,
  debug,
  opening,
  onSignedIn,
}: OperatorChatPanelProps & { readonly onSignedIn: (email: string) => void }) {
  const { id, name } = operator;
  const chat = useLease(
    () => createOperatorChat({ relay, operator: { id, name }, maxImageBytes, debug }),
    (open) => open.close(),
  );
  if (chat === undefined) return <ConsoleShell operator={operator} opening={opening} />;
  return <Console chat={chat} operator={operator} relayHost={new URL(relay.url).host} onSignedIn={onSignedIn} />;
}
