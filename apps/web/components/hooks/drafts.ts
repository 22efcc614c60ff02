import { forgetStored, readStored, writeStored } from './stored-value.ts';

const PREFIX = 'switchboard.draft.';
/** Builds before this one kept drafts by client alone, and showed them to whoever signed in next. */
const UNOWNED = /^switchboard\.draft\.\d+$/;
const memory = new Map<string, string>();
let cleaned = false;
function forgetUnowned(): void {
  if (cleaned) return;
  cleaned = true;
  forgetStored('session', (name) => UNOWNED.test(name));
}
const listeners = new Set<() => void>();
const changed = () => {
  for (const listener of listeners) listener();
};
const prefixOf = (operatorId: number) => `${PREFIX}${operatorId}.`;
const nameOf = (operatorId: number, clientId: number) => `${prefixOf(operatorId)}${clientId}`;

/**
 * What this operator has typed to this client and not sent yet; survives changing the conversation, signing in again and a reload of this tab. Nobody
 * else's: another operator who signs in in the same tab finds their own.
 */
export function readDraft(operatorId: number, clientId: number): string {
  forgetUnowned();
  const name = nameOf(operatorId, clientId);
  // Every row of the list asks at every change: the store is read once for each.
  const known = memory.get(name) ?? readStored('session', name) ?? '';
  memory.set(name, known);
  return known;
}

export function writeDraft(operatorId: number, clientId: number, text: string): void {
  const name = nameOf(operatorId, clientId);
  memory.set(name, text);
  writeStored('session', name, text === '' ? null : text);
  changed();
}

/** Calls `listener` after every change of a draft in this tab; returns how to stop. */
export function subscribeDrafts(listener: () => void): () => void {
  listeners.add(listener);
  return () => listeners.delete(listener);
}

/** Forgets all that this operator has typed in this tab: they have signed out. */
export function forgetDrafts(operatorId: number): void {
  const isTheirs = (name: string) => name.startsWith(prefixOf(operatorId));
  for (const name of memory.keys()) if (isTheirs(name)) memory.delete(name);
  forgetStored('session', isTheirs);
  changed();
}
