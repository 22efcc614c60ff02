import { readStored, writeStored } from './stored-value.ts';

const memory = new Map<number, string>();
const nameOf = (clientId: number) => `switchboard.draft.${clientId}`;

/** What was typed to this client and not sent yet; survives changing the conversation, signing in again and a reload of this tab. */
export function readDraft(clientId: number): string {
  return memory.get(clientId) ?? readStored('session', nameOf(clientId)) ?? '';
}

export function writeDraft(clientId: number, text: string): void {
  if (text === '') memory.delete(clientId);
  else memory.set(clientId, text);
  writeStored('session', nameOf(clientId), text === '' ? null : text);
}
