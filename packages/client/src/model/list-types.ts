import type { BodyType, RecentChat } from '@switchboard/protocol/types';

type Client = RecentChat['client'];
/** Fields that the summary has under another name, in another form, or not at all. */
type Presented = 'id' | 'createdAt' | 'status' | 'waitingSince' | 'doneAt' | 'locale' | 'userAgent' | 'lastSeenAt' | 'pageAt' | 'pages';
/** Fields as the server answers them: a new one needs no entry here. */
type AsAnswered = Readonly<Omit<Client, Presented>>;

/** One row of the console's list: a recent chat kept up to date by live events. */
export interface ConversationSummary extends AsAnswered {
  readonly clientId: number;
  readonly startedAt: string;
  readonly unread: number;
  /** Content and sender of the newest message; null before the first. */
  readonly preview: {
    readonly type: BodyType;
    /** Its text, cut off when it is long; null when it has none. */
    readonly text: string | null;
    readonly senderType: 'CLIENT' | 'OPERATOR';
    readonly operatorName: string | null;
  } | null;
  /** When the newest message reached the server (not when it was sent), ISO-8601. */
  readonly lastActivityAt: string;
  /** Since when the visitor has been waiting for an answer, ISO-8601: only an answer or `setDone` ends it. */
  readonly waitingSince: string | null;
  /** When an operator marked it as done, ISO-8601; null once the visitor writes again. */
  readonly doneAt: string | null;
  /** Number of this operator's own messages that the server has refused. */
  readonly unsent: number;
  /** Language of the visitor's browser, as BCP 47. */
  readonly locale: string | null;
  readonly userAgent: string | null;
  /** When the visitor last had the page open, ISO-8601. */
  readonly lastSeenAt: string | null;
  /** When the visitor opened `pageUrl`, ISO-8601. */
  readonly pageAt: string | null;
  /** Pages that the visitor has visited, newest first; empty until `fetchSummary` or a view of the conversation requests them. */
  readonly pages: readonly { readonly url: string; readonly at: string }[];
  /** The visitor is typing. */
  readonly typing: boolean;
}

/**
 * What the list shows. `waiting`: visitors who wait for an answer, longest first. `open`: every conversation that is not done, waiting ones first, then by
 * newest activity. `done`: conversations that are done, latest first.
 */
export type ListView = 'waiting' | 'open' | 'done';
