import type { DraftView } from '@switchboard/protocol';

/** What is stored of a draft. */
export interface DraftRow {
  readonly clientId: number;
  /** `reply` or `note`. */
  readonly kind: string;
  readonly text: string;
  readonly version: number;
  readonly updatedAt: Date;
}

/** A draft as its operator sees it. */
export function presentDraft({ clientId, kind, text, version, updatedAt }: DraftRow): DraftView {
  return { clientId, kind: kind === 'note' ? 'note' : 'reply', text, version, updatedAt: updatedAt.toISOString() };
}
