import type { ConversationHandle } from '@switchboard/client';
import { ComposerState, type ComposerSnapshot, type TransferContent } from '@switchboard/presentation';
import { useCallback, useEffect, useLayoutEffect, useMemo, useSyncExternalStore } from 'react';

import { readDraft, writeDraft } from '../hooks/drafts.ts';

export interface Sending extends ComposerSnapshot {
  readonly change: (text: string) => void;
  readonly send: () => void;
  /** Takes picked, pasted or dropped files. */
  readonly take: (handed: TransferContent) => void;
  readonly remove: (picture: number) => void;
  readonly dismiss: () => void;
}

/** By operator and client, so that pictures to be sent are there when the operator returns to a conversation, and go to nobody else. */
const open = new Map<string, ComposerState>();

/** The composer's state of an operator and a client: stored as a draft until it is sent. */
export function useSending(handle: ConversationHandle, operatorId: number, clientId: number): Sending {
  const composing = useMemo(() => opened(operatorId, clientId), [operatorId, clientId]);
  useLayoutEffect(() => composing.attach(handle), [composing, handle]);
  useEffect(() => () => letGo(operatorId, clientId), [operatorId, clientId]);
  useEffect(() => {
    window.addEventListener('beforeunload', askBeforeLosing);
    return () => window.removeEventListener('beforeunload', askBeforeLosing);
  }, []);
  const subscribe = useCallback((listener: () => void) => composing.subscribe(listener), [composing]);
  const snapshot = useSyncExternalStore(subscribe, () => composing.getSnapshot());
  const actions = useMemo(
    () => ({
      change: (text: string) => composing.change(text),
      send: () => composing.send(),
      take: (handed: TransferContent) => composing.take(handed),
      remove: (picture: number) => composing.remove(picture),
      dismiss: () => composing.dismiss(),
    }),
    [composing],
  );
  return { ...snapshot, ...actions };
}

const nameOf = (operatorId: number, clientId: number) => `${operatorId} ${clientId}`;

function opened(operatorId: number, clientId: number): ComposerState {
  const name = nameOf(operatorId, clientId);
  const composing =
    open.get(name) ??
    new ComposerState({ read: () => readDraft(operatorId, clientId), write: (text) => writeDraft(operatorId, clientId, text) });
  open.set(name, composing);
  return composing;
}

/** A text alone is stored as a draft. */
function letGo(operatorId: number, clientId: number): void {
  const name = nameOf(operatorId, clientId);
  if (open.get(name)?.isAtRisk() === false) open.delete(name);
}

function askBeforeLosing(event: BeforeUnloadEvent): void {
  if ([...open.values()].some((composing) => composing.isAtRisk())) event.preventDefault();
}
