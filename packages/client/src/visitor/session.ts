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

/** Where the tokens lie in the key-value store. */
export const SESSION_KEY = 'switchboard.session';
/** Where the name lies of a visitor whose conversation is lost: not ended by them, only not to be had any more. */
const FORMER_NAME_KEY = 'switchboard.name';
/** Held while one tab compares what is stored and changes it. */
const LOCK = 'switchboard-session';
/** Milliseconds to wait for the lock: a tab that was put to sleep with it must not keep the others from anything. */
const LOCK_PATIENCE_MS = 2_000;
/** A token with less than this left is renewed at the next occasion, well before it fails. Milliseconds. */
const RENEW_BEFORE_MS = 12 * 60 * 60 * 1_000;
/** A token with less than this left counts as run out. */
const EXPIRED_BEFORE_MS = 30_000;

/** Whether the conversation is still this visitor's, whatever the server says now: who is blocked may be let in again. */
function mayPass(error: unknown): boolean {
  return !(error instanceof ChatError) || error.retryable || isBlocked(error);
}

/**
 * The visitor's tokens: kept, renewed before they run out, resumed after. Tabs share them, and requests take time: an answer is kept only while what it is
 * about is still what is stored.
 */
export class VisitorSession {
  readonly #effects: Effects;
  readonly #store: KeyValueStore;
  readonly #copy: SessionCopy;
  readonly #clock: ServerClock;
  /** Says who asks, but never renews: for the request that renews. */
  readonly #http: Http;
  /** Says nothing of who asks: a token that has run out must not stand in the way of a new one. */
  readonly #anonymous: Http;
  /** For browsers that refuse the store: what it would hold. */
  #memory: StoredSession | null = null;
  #writtenAt = 0;
  #renewing: Promise<boolean> | undefined;
  /** Told when the server has given another conversation instead, or none. */
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

  /** What is remembered, by this tab or another of this browser. */
  read(): StoredSession | null {
    try {
      return parseSession(this.#store.getItem(SESSION_KEY)) ?? this.#memory;
    } catch (error) {
      this.#effects.note('session: the store refuses', error);
      return this.#memory;
    }
  }

  /** What the visitor was called whose conversation is not to be had any more; null when there is one, or when it was ended. */
  formerName(): string | null {
    try {
      return this.#store.getItem(FORMER_NAME_KEY);
    } catch {
      // Noted where the session is read.
      return null;
    }
  }

  /** Brings back what the store has lost because the browser was killed before it was written. Never rejects. */
  async restore(): Promise<void> {
    try {
      await this.#exclusively(() => this.#restore());
    } catch (error) {
      this.#effects.note('session: no copy', error);
    }
  }

  /** Forgets this conversation; another one, begun in another tab meanwhile, stays. Never rejects. */
  async forget(conversation: ConversationRef): Promise<void> {
    await this.#exclusively(async () => {
      if (sameConversation(this.read(), conversation)) await this.#write(null);
    });
  }

  close(): void {
    this.#copy.close();
  }

  isExpired(session: StoredSession): boolean {
    return this.#left(session) < EXPIRED_BEFORE_MS;
  }

  /** Says who asks, for one conversation: as soon as another one is stored, or none, for nobody. */
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
   * @throws ChatError as the server said
   */
  async start(form: VisitorForm): Promise<void> {
    const answer = await this.#anonymous.request('POST /api/chat/sessions', { body: form });
    const session = this.#sessionOf(answer);
    // Another tab may have been quicker: then that conversation is this browser's.
    await this.#exchange(null, session);
  }

  /** A token of this conversation for the relay; `refused` when it did not take the last one. @throws ChatError */
  async token(conversation: ConversationRef, refused: boolean): Promise<string> {
    const session = this.#current(conversation);
    if (refused || this.isExpired(session)) await this.renew();
    else if (this.#left(session) < RENEW_BEFORE_MS)
      void this.renew().catch((error: unknown) => this.#effects.note('session: not renewed', error));
    return this.#current(conversation).token;
  }

  /** Gets a fresh token; false when there is none to be had. @throws ChatError when the server can't be asked now */
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
      await this.#exchange(session, { ...session, token, expiresAt });
    } catch (error) {
      if (mayPass(error)) throw error;
      if (await this.#isOver(session)) await this.#lose(session, null);
      else await this.#resume(session);
    }
    return this.read() !== null;
  }

  /** Whether it was ended (in a browser that shares nothing with this one): then its token still opens the last page, and nothing else. */
  async #isOver(session: StoredSession): Promise<boolean> {
    if (this.isExpired(session) || !isUnchanged(this.read(), session)) return false;
    try {
      return (await this.#http.request('GET /api/chat/messages', { query: { limit: 1 } })).endedAt !== null;
    } catch (error) {
      if (mayPass(error)) throw error;
      return false;
    }
  }

  /**
   * The token is of no use any more: asks for the conversation with the one that is good for just that. Where that is refused, too, there is none until
   * the visitor begins one: asking begins nothing.
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
      if ((await this.#exchange(session, next)) && !sameConversation(next, session)) this.onReplaced();
    } catch (error) {
      if (mayPass(error)) throw error;
      await this.#lose(session, username);
    }
  }

  /** `name`: of a visitor who has not ended it. */
  async #lose(session: StoredSession, name: string | null): Promise<void> {
    if (await this.#exchange(session, null, name)) this.onReplaced();
  }

  /** @throws ChatError `unauthenticated` when it is not this browser's conversation any more */
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
    if (token === undefined) throw new ChatError('internal', 'The server gave no token.');
    // A day, as the contract has it, should the server not say.
    const until = expiresAt ?? new Date(this.#clock.now() + 24 * 60 * 60 * 1_000).toISOString();
    return { token, expiresAt: until, resumeToken: resumeToken ?? null, clientId, sessionId, username };
  }

  /** Puts `next` in the place of what was asked about, unless that has changed meanwhile; tells whether it has. */
  #exchange(asked: StoredSession | null, next: StoredSession | null, formerName: string | null = null): Promise<boolean> {
    return this.#exclusively(async () => {
      if (!isUnchanged(this.read(), asked)) return false;
      await this.#write(next, formerName);
      return true;
    });
  }

  /** Runs `work` while no other tab runs its own, as far as this browser has locks. */
  async #exclusively<T>(work: () => Promise<T>): Promise<T> {
    const { locks } = this.#effects;
    if (locks === undefined) return await work();
    const patience = new AbortController();
    const cancel = this.#effects.after(LOCK_PATIENCE_MS, () => patience.abort());
    let begun: Promise<T> | undefined;
    try {
      await locks.request(LOCK, { signal: patience.signal }, async () => {
        cancel();
        begun = work();
        // How it went is told below.
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
      // Without locks another tab may have ended it between the two.
      const now = await this.#copy.read();
      if (now !== undefined && now.writtenAt > copy.writtenAt) this.#put(now.session);
    }
  }

  /** Resolves when a browser that is killed would still know it, or refuses to. */
  async #write(session: StoredSession | null, formerName: string | null = null): Promise<void> {
    this.#writtenAt = Math.max(this.#clock.now(), this.#writtenAt + 1, (this.read()?.writtenAt ?? 0) + 1);
    const writtenAt = this.#writtenAt;
    // Before the session: other tabs hear of the two one after the other.
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

  #left(session: StoredSession): number {
    return Date.parse(session.expiresAt) - this.#clock.now();
  }
}
