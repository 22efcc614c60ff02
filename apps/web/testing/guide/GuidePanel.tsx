'use client';

import { useState } from 'react';

import { getChatHistoryAction, getRecentChatsAction, markMessagesAsReadAction, saveChatMessageAction } from '@/actions/chat';

/** Calls the four actions as the guide's panel does, and shows what each resolves or rejects with. */
export function GuidePanel({ clientId }: { readonly clientId: number }) {
  const [results, setResults] = useState<Readonly<Record<string, string>>>({});
  const run = async (name: string, action: () => Promise<unknown>) => {
    const result = await action().catch((error: Error & { digest?: string }) => ({ rejected: error.digest ?? error.message }));
    setResults((before) => ({ ...before, [name]: JSON.stringify(result) }));
  };
  const actions: Readonly<Record<string, () => Promise<unknown>>> = {
    Save: async () =>
      await saveChatMessageAction({
        clientId,
        senderType: 'OPERATOR',
        operatorId: 4711,
        messageType: 'TEXT',
        text: 'Written to the guide',
      }),
    History: async () => await getChatHistoryAction({ clientId, limit: 10 }),
    Recent: async () => await getRecentChatsAction(),
    Read: async () => await markMessagesAsReadAction({ clientId, operatorId: 4711 }),
  };
  return (
    <main>
      {Object.entries(actions).map(([name, action]) => (
        <p key={name}>
          <button type="button" onClick={() => void run(name, action)}>
            {name}
          </button>
          <output aria-label={name}>{results[name]}</output>
        </p>
      ))}
    </main>
  );
}
