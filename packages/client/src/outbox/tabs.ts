import type { ConversationMessageRef } from '../message-id.ts';
import type { SavedEntry } from './sender.ts';

/** What tabs that share an outbox tell each other. */
export type TabMessage =
  /** These were saved once and are lost again: they are to be sent anew. */
  | { readonly kind: 'revived'; readonly messages: readonly ConversationMessageRef[] }
  /** The conversation is being ended by some tab, or is so no more: nothing is taken until then. */
  | { readonly kind: 'closing'; readonly closing: boolean }
  /** Something waits to be sent; whoever leads answers `seen`. */
  | { readonly kind: 'added' }
  | { readonly kind: 'seen' }
  /** The store has changed: read it again. */
  | { readonly kind: 'changed' }
  /** Builds before this one named the key alone. */
  | { readonly kind: 'dropped'; readonly key: string; readonly message?: ConversationMessageRef }
  | { readonly kind: 'saved'; readonly entries: readonly SavedEntry[] }
  | { readonly kind: 'failing'; readonly failing: boolean }
  /** `key` as builds before this one read it; `id` is the entry's `conversationMessageId`. */
  | { readonly kind: 'progress'; readonly key: string; readonly id?: string; readonly done: number | null };
