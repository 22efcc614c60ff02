import { ChatError } from '@switchboard/protocol/errors';
import type { StartSessionResponse } from '@switchboard/protocol/types';

import { isBlocked } from '../model/errors.ts';
import type { KeyValueStore, VisitorForm } from '../model/types.ts';
import type { Effects } from '../platform/effects.ts';
import type { ServerClock } from '../platform/server-clock.ts';
import { createHttp } from '../transport/http.ts';
import type { Credentials, Http } from '../transport/http.ts';
import { SessionCopy } from './session-copy.ts';
import { isUnchanged, parseSession, sameConversation } from './stored-session.ts';
import type { ConversationRef, StoredSession } from './stored-session.ts';

/** Key of the tokens in the key-value store. */
export const SESSION_KEY = 'switchboard.session';
/** Key of the visitor's name after their conversation was lost rather than ended. */
const FORMER_NAME_KEY = 'switchboard.name';
/** Name of the lock that a tab holds while it compares and changes the stored session. */
const LOCK = 'switchboard-session';
/** Milliseconds to wait for the lock: a frozen tab that holds it must not block the others. */
const LOCK_TIMEOUT_MS = 2_000;
/** A token that expires within this time is renewed at the next use. Milliseconds. */
const RENEW_BEFORE_MS = 12 * 60 * 60 * 1_000;
/** A token that expires within this time counts as expired. Milliseconds. */
const EXPIRED_BEFORE_MS = 30_000;

/** Whether the conversation may still be available later in spite of this error: a blocked visitor may be unblocked. */
function isTemporary(error: unknown): boolean {
  return !(error instanceof ChatError) || error.retryable || isBlocked(error);
}

/**
 * The visitor's tokens: stores them, renews them before they expire, and resumes the conversation after. Tabs share the stored session, which may change
 * during a request: an answer is stored only if the session that it is about is still the stored one.
 */
export class VisitorSession {
  readonly #effects: Effects;
  readonly #store: KeyValueStore;
  readonly #copy: SessionCopy;
  readonly #clock: ServerClock;
  /** Sends the visitor's token and never renews it: for the request that renews it. */
  readonly #http: Http;
  /** Sends no token: an expired token must not prevent the request for a new one. */
  readonly #anonymous: Http;
  /** The session in browsers without a key-value store. */
  #memory: StoredSession | null = null;
  #writtenAt = 0;
  #renewing: Promise<boolean> | undefined;
  /** Called when the server has returned another conversation instead, or none. */
  onReplaced: () => void = () => undefined;

  constructor(effects: Effects, store: KeyValueStore, clock: ServerClock) {
    this.#effects = effects;
    this.#store = store;
    this.#copy = new SessionCopy(effects);
    this.#clock = clock;
    const renew = () => Promise.resolve(false);
    this.#http = createHttp(effects, clock, { headers: () => this.#headers(), renew });
    this.#anonymous = createHttp(effects, clock, { headers: () => ({}), renew });
  }

  /** The stored session of this browser. */
  read(): StoredSession | null {
    try {
      return parseSession(this.#store.getItem(SESSION_KEY)) ?? this.#memory;
    } catch (error) {
      this.#effects.note('session: the store refuses', error);
      return this.#memory;
    }
  }

  /** The visitor's name after their conversation was lost; null if there is a conversation, or if it was ended. */
  formerName(): string | null {
    try {
      return this.#store.getItem(FORMER_NAME_KEY);
    } catch {
      // `read` notes the same failure.
      return null;
    }
  }

  /** Restores a session that the store has lost because the browser was killed before it was written. Never rejects. */
  async restore(): Promise<void> {
    try {
      await this.#exclusively(() => this.#restore());
    } catch (error) {
      this.#effects.note('session: no copy', error);
    }
  }

  /** Deletes this conversation's session; the session of another conversation, started in another tab meanwhile, stays. Never rejects. */
  async forget(conversation: ConversationRef): Promise<void> {
    await this.#exclusively(async () => {
      if (sameConversation(this.read(), conversation)) await this.#write(null);
    });
  }

  close(): void {
    this.#copy.close();
  }

  isExpired(session: StoredSession): boolean {
    return this.#msLeft(session) < EXPIRED_BEFORE_MS;
  }

  /** Credentials for one conversation; they are empty as soon as another conversation is stored, or none. */
  credentials(conversation: ConversationRef): Credentials {
    const current = () => sameConversation(this.read(), conversation);
    return {
      headers: () => (current() ? this.#headers() : {}),
      renew: async () => current() && (await this.renew()) && current(),
    };
  }

  /**
   * Starts a conversation.
   *
   * @throws ChatError the server's error
   */
  async start(form: VisitorForm): Promise<void> {
    const answer = await this.#anonymous.request('POST /api/chat/sessions', { body: form });
    const session = this.#sessionOf(answer);
    // Another tab may have been faster: its conversation is kept then.
    await this.#compareAndSet(null, session);
  }

  /** A relay token of this conversation; `refused`: the relay refused the last one. @throws ChatError */
  async token(conversation: ConversationRef, refused: boolean): Promise<string> {
    const session = this.#current(conversation);
    if (refused || this.isExpired(session)) await this.renew();
    else if (this.#msLeft(session) < RENEW_BEFORE_MS)
      void this.renew().catch((error: unknown) => this.#effects.note('session: not renewed', error));
    return this.#current(conversation).token;
  }

  /** Requests a new token; resolves to false if there is no conversation. @throws ChatError if the server can't be reached now */
  renew(): Promise<boolean> {
    this.#renewing ??= this.#renew().finally(() => {
      this.#renewing = undefined;
    });
    return this.#renewing;
  }

  async #renew(): Promise<boolean> {
    const session = this.read();
    if (session === null) return false;
    try {
      const { token, expiresAt } = await this.#http.request('POST /api/chat/token');
      await this.#compareAndSet(session, { ...session, token, expiresAt });
    } catch (error) {
      if (isTemporary(error)) throw error;
      if (await this.#isOver(session)) await this.#lose(session, null);
      else await this.#resume(session);
    }
    return this.read() !== null;
  }

  /** Whether the conversation was ended in another browser: its token can then fetch the last page and nothing else. */
  async #isOver(session: StoredSession): Promise<boolean> {
    if (this.isExpired(session) || !isUnchanged(this.read(), session)) return false;
    try {
      return (await this.#http.request('GET /api/chat/messages', { query: { limit: 1 } })).endedAt !== null;
    } catch (error) {
      if (isTemporary(error)) throw error;
      return false;
    }
  }

  /**
   * The token is no longer valid: resumes the conversation with the resume token. If that is refused as well, there is no conversation until the visitor
   * starts one: resuming never starts a new one.
   */
  async #resume(session: StoredSession): Promise<void> {
    const { username, resumeToken } = session;
    if (resumeToken === null) {
      await this.#lose(session, username);
      return;
    }
    try {
      const answer = await this.#anonymous.request('POST /api/chat/sessions', { body: { username, resumeToken } });
      const next = this.#sessionOf(answer);
      if ((await this.#compareAndSet(session, next)) && !sameConversation(next, session)) this.onReplaced();
    } catch (error) {
      if (isTemporary(error)) throw error;
      await this.#lose(session, username);
    }
  }

  /** `name`: the visitor's name if the conversation was lost, null if it was ended. */
  async #lose(session: StoredSession, name: string | null): Promise<void> {
    if (await this.#compareAndSet(session, null, name)) this.onReplaced();
  }

  /** @throws ChatError `unauthenticated` if it is no longer this browser's conversation */
  #current(conversation: ConversationRef): StoredSession {
    const session = this.read();
    if (session === null || !sameConversation(session, conversation))
      throw new ChatError('unauthenticated', 'There is no such conversation.');
    return session;
  }

  #headers(): Record<string, string> {
    const session = this.read();
    return session === null ? {} : { authorization: `Bearer ${session.token}` };
  }

  #sessionOf(answer: StartSessionResponse): StoredSession {
    const { token, expiresAt, resumeToken, clientId, sessionId, username } = answer;
    if (token === undefined) throw new ChatError('internal', 'The server returned no token.');
    // A day, as in the contract, if the server does not send it.
    const until = expiresAt ?? new Date(this.#clock.now() + 24 * 60 * 60 * 1_000).toISOString();
    return { token, expiresAt: until, resumeToken: resumeToken ?? null, clientId, sessionId, username };
  }

  /** Replaces the session `expected` by `next`, unless the stored one has changed meanwhile. Resolves to whether it was replaced. */
  #compareAndSet(expected: StoredSession | null, next: StoredSession | null, formerName: string | null = null): Promise<boolean> {
    return this.#exclusively(async () => {
      if (!isUnchanged(this.read(), expected)) return false;
      await this.#write(next, formerName);
      return true;
    });
  }

  /** Runs `work` under a lock that all tabs share, if the browser has locks. */
  async #exclusively<T>(work: () => Promise<T>): Promise<T> {
    const { locks } = this.#effects;
    if (locks === undefined) return await work();
    const timeout = new AbortController();
    const cancel = this.#effects.after(LOCK_TIMEOUT_MS, () => timeout.abort());
    let begun: Promise<T> | undefined;
    try {
      await locks.request(LOCK, { signal: timeout.signal }, async () => {
        cancel();
        begun = work();
        // The caller gets the error below.
        await begun.catch(() => undefined);
      });
    } catch (error) {
      this.#effects.note('session: no lock', error);
    } finally {
      cancel();
    }
    return await (begun ?? work());
  }

  async #restore(): Promise<void> {
    const copy = await this.#copy.read();
    const stored = this.read();
    if (copy === undefined) {
      if (stored !== null) await this.#copy.write({ writtenAt: stored.writtenAt ?? 0, session: stored });
    } else if (copy.writtenAt > Math.max(stored?.writtenAt ?? 0, this.#writtenAt)) {
      this.#writtenAt = copy.writtenAt;
      this.#put(copy.session);
      // Without locks another tab may have ended the conversation between the two.
      const now = await this.#copy.read();
      if (now !== undefined && now.writtenAt > copy.writtenAt) this.#put(now.session);
    }
  }

  /** Stores the session. Resolves when it survives a crash of the browser, or when the disk refuses it. */
  async #write(session: StoredSession | null, formerName: string | null = null): Promise<void> {
    this.#writtenAt = Math.max(this.#clock.now(), this.#writtenAt + 1, (this.read()?.writtenAt ?? 0) + 1);
    const writtenAt = this.#writtenAt;
    // Before the session: other tabs are notified of the two one after the other.
    this.#putFormerName(formerName);
    this.#put(session === null ? null : { ...session, writtenAt });
    try {
      await this.#copy.write({ writtenAt, session: session === null ? null : { ...session, writtenAt } });
    } catch (error) {
      this.#effects.note('session: no copy', error);
    }
  }

  #putFormerName(name: string | null): void {
    try {
      if (name === null) this.#store.removeItem(FORMER_NAME_KEY);
      else this.#store.setItem(FORMER_NAME_KEY, name);
    } catch (error) {
      this.#effects.note('session: the store refuses', error);
    }
  }

  #put(session: StoredSession | null): void {
    this.#memory = null;
    try {
      if (session === null) this.#store.removeItem(SESSION_KEY);
      else this.#store.setItem(SESSION_KEY, JSON.stringify(session));
    } catch (error) {
      this.#memory = session;
      this.#effects.note('session: the store refuses', error);
    }
  }

  #msLeft(session: StoredSession): number {
    return Date.parse(session.expiresAt) - this.#clock.now();
  }
}
