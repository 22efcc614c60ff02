import type { SavedEntry } from './sender.ts';

/** What tabs that share an outbox tell each other. */
export type TabMessage =
  /** Something waits to be sent; whoever leads answers `seen`. */
  | { readonly kind: 'added' }
  | { readonly kind: 'seen' }
  /** The store has changed: read it again. */
  | { readonly kind: 'changed' }
  | { readonly kind: 'dropped'; readonly key: string }
  | { readonly kind: 'saved'; readonly entries: readonly SavedEntry[] }
  | { readonly kind: 'failing'; readonly failing: boolean }
  | { readonly kind: 'progress'; readonly key: string; readonly done: number | null };
