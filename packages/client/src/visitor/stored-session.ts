/** One conversation of a visitor. */
export interface ConversationRef {
  readonly clientId: number;
  readonly sessionId: string;
}

/** What a visitor's browser remembers of its conversation. */
export interface StoredSession extends ConversationRef {
  readonly token: string;
  readonly expiresAt: string;
  readonly resumeToken: string | null;
  readonly username: string;
  /** As in `SessionRecord`; builds before it wrote none. */
  readonly writtenAt?: number;
}

/** Whether both are the same conversation, whatever their tokens. A client id alone may be given anew when the database is restored. */
export function sameConversation(a: ConversationRef | null | undefined, b: ConversationRef | null | undefined): boolean {
  return a != null && b != null && a.clientId === b.clientId && a.sessionId === b.sessionId;
}

/** Whether what is stored is still what an answer is about: then the answer may take its place. */
export function isUnchanged(stored: StoredSession | null, asked: StoredSession | null): boolean {
  return asked === null ? stored === null : sameConversation(stored, asked) && stored?.token === asked.token;
}

/** What is stored as text; null when it is no session. */
export function parseSession(text: string | null): StoredSession | null {
  try {
    const value: unknown = JSON.parse(text ?? 'null');
    if (typeof value !== 'object' || value === null || !('token' in value) || !('clientId' in value)) return null;
    // Written by this code; what an older build did not write is not needed to go on.
    return typeof value.token === 'string' && typeof value.clientId === 'number' ? (value as StoredSession) : null;
  } catch {
    // Not ours or damaged: as good as none.
    return null;
  }
}
