import type { BodyType } from '@switchboard/protocol/types';

/** One row of the console's list: a recent chat kept up to date by live events. */
export interface ConversationSummary {
  readonly clientId: number;
  readonly username: string;
  readonly phone: string | null;
  readonly email: string | null;
  readonly address: string | null;
  readonly pageUrl: string | null;
  readonly startedAt: string;
  readonly endedAt: string | null;
  /** Blocked since, ISO-8601. */
  readonly blockedAt: string | null;
  readonly unread: number;
  /** What the newest message says, and who said it; null before the first. */
  readonly preview: {
    readonly type: BodyType;
    /** Its words, cut off where they are long; null for none. */
    readonly text: string | null;
    readonly senderType: 'CLIENT' | 'OPERATOR';
    readonly operatorName: string | null;
  } | null;
  /** ISO-8601; when the newest message reached the server, not when it was sent. */
  readonly lastActivityAt: string;
  /** The visitor waits for an answer since then, ISO-8601: only an answer or `setDone` ends it. */
  readonly waitingSince: string | null;
  /** An operator has marked it done then, ISO-8601, and the visitor has written nothing since. */
  readonly doneAt: string | null;
  /** This operator's own messages that the server has refused. */
  readonly unsent: number;
  /** Language of the visitor's browser, as BCP 47. */
  readonly locale: string | null;
  readonly userAgent: string | null;
  /** The visitor had the page open then, ISO-8601. */
  readonly lastSeenAt: string | null;
  /** The visitor came to `pageUrl` then, ISO-8601. */
  readonly pageAt: string | null;
  /** Where the visitor has been, newest first; empty until `fetchSummary` or a view of the conversation has asked for it. */
  readonly pages: readonly { readonly url: string; readonly at: string }[];
  /** The visitor is typing. */
  readonly typing: boolean;
}

/**
 * What the list shows. `waiting`: who waits for an answer, longest first. `open`: everything that is not done, those who wait first, then the newest
 * activity. `done`: what was marked done last first.
 */
export type ListView = 'waiting' | 'open' | 'done';
