import { forgetStored, readStored, writeStored } from './stored-value.ts';

const PREFIX = 'switchboard.draft.';
/** Builds before this one kept drafts by client alone, and showed them to whoever signed in next. */
const UNOWNED = /^switchboard\.draft\.\d+$/;
const memory = new Map<string, string>();
const prefixOf = (operatorId: number) => `${PREFIX}${operatorId}.`;
const nameOf = (operatorId: number, clientId: number) => `${prefixOf(operatorId)}${clientId}`;

/**
 * What this operator has typed to this client and not sent yet; survives changing the conversation, signing in again and a reload of this tab. Nobody
 * else's: another operator who signs in in the same tab finds their own.
 */
export function readDraft(operatorId: number, clientId: number): string {
  forgetStored('session', (name) => UNOWNED.test(name));
  const name = nameOf(operatorId, clientId);
  return memory.get(name) ?? readStored('session', name) ?? '';
}

export function writeDraft(operatorId: number, clientId: number, text: string): void {
  const name = nameOf(operatorId, clientId);
  if (text === '') memory.delete(name);
  else memory.set(name, text);
  writeStored('session', name, text === '' ? null : text);
}

/** Forgets all that this operator has typed in this tab: they have signed out. */
export function forgetDrafts(operatorId: number): void {
  const isTheirs = (name: string) => name.startsWith(prefixOf(operatorId));
  for (const name of memory.keys()) if (isTheirs(name)) memory.delete(name);
  forgetStored('session', isTheirs);
}
