import type { OperatorChat } from '@switchboard/client';
import { createContext, use } from 'react';

/** The operator's chat, for everything in the console. */
export const ChatContext = createContext<OperatorChat | null>(null);

/** The operator's chat. @throws Error outside the console */
export function useChat(): OperatorChat {
  const chat = use(ChatContext);
  if (chat === null) throw new Error('useChat is for components inside the console.');
  return chat;
}
