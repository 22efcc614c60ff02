import type { ConversationHandle, ConversationSnapshot, ConversationSummary, OperatorChat, OperatorSnapshot } from '@switchboard/client';
import { useCallback, useSyncExternalStore } from 'react';

interface Store<T> {
  getSnapshot(): T;
  subscribe(listener: () => void): () => void;
}

function useStore<T>(store: Store<T>): T {
  const subscribe = useCallback((listener: () => void) => store.subscribe(listener), [store]);
  const getSnapshot = useCallback(() => store.getSnapshot(), [store]);
  return useSyncExternalStore(subscribe, getSnapshot, getSnapshot);
}

/** The operator's chat; renders again after every change. */
export function useOperatorChat(chat: OperatorChat): OperatorSnapshot {
  return useStore(chat);
}

/** One conversation; renders again after every change. */
export function useConversation(handle: ConversationHandle): ConversationSnapshot {
  return useStore(handle);
}

/** The list's data of one conversation, whatever view it is in; renders again after every change. */
export function useSummary(chat: OperatorChat, clientId: number | null): ConversationSummary | undefined {
  const subscribe = useCallback((listener: () => void) => chat.subscribe(listener), [chat]);
  const getSnapshot = useCallback(() => (clientId === null ? undefined : chat.summaryOf(clientId)), [chat, clientId]);
  return useSyncExternalStore(subscribe, getSnapshot, getSnapshot);
}
