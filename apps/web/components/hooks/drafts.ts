import { forgetStored, readStored, writeStored } from './stored-value.ts';

const PREFIX = 'switchboard.draft.';
/** Older builds stored drafts by client alone, and showed them to the next operator who signed in. */
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
 * This operator's draft to this client. It survives changing the conversation, signing in again and a reload of this tab. Another operator who signs in in the
 * same tab has separate drafts.
 */
export function readDraft(operatorId: number, clientId: number): string {
  forgetUnowned();
  const name = nameOf(operatorId, clientId);
  // Every row reads its draft at every change, so storage is read once for each.
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

/** Calls `listener` after every change of a draft in this tab; returns a function that unsubscribes. */
export function subscribeDrafts(listener: () => void): () => void {
  listeners.add(listener);
  return () => listeners.delete(listener);
}

/** Deletes this operator's drafts in this tab, after they have signed out. */
export function forgetDrafts(operatorId: number): void {
  const isTheirs = (name: string) => name.startsWith(prefixOf(operatorId));
  for (const name of memory.keys()) if (isTheirs(name)) memory.delete(name);
  forgetStored('session', isTheirs);
  changed();
}
