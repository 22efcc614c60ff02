/** One conversation of a visitor. */
export interface ConversationRef {
  readonly clientId: number;
  readonly sessionId: string;
}

/** The session that a visitor's browser stores. */
export interface StoredSession extends ConversationRef {
  readonly token: string;
  readonly expiresAt: string;
  readonly resumeToken: string | null;
  readonly username: string;
  /** As in `SessionRecord`; older builds did not write it. */
  readonly writtenAt?: number;
}

/** Whether both are the same conversation, whatever their tokens. The client id is not enough: a restored database may assign it again. */
export function sameConversation(a: ConversationRef | null | undefined, b: ConversationRef | null | undefined): boolean {
  return a != null && b != null && a.clientId === b.clientId && a.sessionId === b.sessionId;
}

/** Whether the stored session is still the one that a request was about, so that the answer may replace it. */
export function isUnchanged(stored: StoredSession | null, expected: StoredSession | null): boolean {
  return expected === null ? stored === null : sameConversation(stored, expected) && stored?.token === expected.token;
}

/** Parses a stored session; null if the text is not a session. */
export function parseSession(text: string | null): StoredSession | null {
  try {
    const value: unknown = JSON.parse(text ?? 'null');
    if (typeof value !== 'object' || value === null || !('token' in value) || !('clientId' in value)) return null;
    // Written by this code; fields that older builds did not write are not required.
    return typeof value.token === 'string' && typeof value.clientId === 'number' ? (value as StoredSession) : null;
  } catch {
    // Another program's value, or damaged: treated as missing.
    return null;
  }
}
