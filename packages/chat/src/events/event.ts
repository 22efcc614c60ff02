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
