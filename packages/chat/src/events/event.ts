/** What can happen to a conversation apart from its messages. */
export type EventKind =
  | 'started'
  | 'ended'
  | 'reopened'
  | 'blocked'
  | 'unblocked'
  | 'done'
  | 'undone'
  | 'assigned'
  | 'unassigned'
  | 'snoozed'
  | 'unsnoozed'
  | 'note_edited'
  | 'note_deleted'
  | 'tagged';

/** Values of a conversation by their columns; times are ISO-8601. */
export type EventValues = Readonly<Record<string, string | number | boolean | null | readonly string[]>>;

/** One event of a conversation. */
export interface ConversationEvent {
  /** 1, 2, 3 … within the conversation, in the order of their commits. */
  readonly activitySeq: number;
  /** ISO-8601. */
  readonly at: string;
  /** An `EventKind`, or one that a later version has added. */
  readonly kind: string;
  /** `id` and `name` are an operator's, null for everybody else. */
  readonly actor: { readonly kind: string; readonly id: number | null; readonly name: string | null };
  readonly from: unknown;
  readonly to: unknown;
  readonly reason: string | null;
}
