import { ChatError } from '@switchboard/protocol/errors';
import type { StartSessionResponse, TokenResponse } from '@switchboard/protocol/types';

import type { Effects } from './effects.ts';
import { createHttp } from './http.ts';
import type { Credentials, Http } from './http.ts';
import { isBlocked } from './retry.ts';
import { SessionCopy } from './session-copy.ts';
import type { ServerClock } from './server-clock.ts';
import type { KeyValueStore, VisitorForm } from './types.ts';

/** Where the tokens lie in the key-value store. */
export const SESSION_KEY = 'switchboard.session';
/** A token with less than this left is renewed at the next occasion, well before it fails. Milliseconds. */
const RENEW_BEFORE_MS = 12 * 60 * 60 * 1_000;
/** A token with less than this left counts as run out. */
const EXPIRED_BEFORE_MS = 30_000;

/** What a visitor's browser remembers of its conversation. */
export interface StoredSession {
  readonly token: string;
  readonly expiresAt: string;
  readonly resumeToken: string | null;
  readonly clientId: number;
  readonly sessionId: string;
  readonly username: string;
  /** As in `SessionRecord`; builds before it wrote none. */
  readonly writtenAt?: number;
}

function parseSession(text: string | null): StoredSession | null {
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

/** Whether the conversation is still this visitor's, whatever the server says now: who is blocked may be let in again. */
function mayPass(error: unknown): boolean {
  return !(error instanceof ChatError) || error.retryable || isBlocked(error);
}

/** The visitor's tokens: kept, renewed before they run out, resumed after. */
export class VisitorSession implements Credentials {
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
    this.#http = createHttp(effects, clock, { headers: () => this.headers(), renew });
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

  /** Brings back what the store has lost because the browser was killed before it was written. Never rejects. */
  async restore(): Promise<void> {
    try {
      const copy = await this.#copy.read();
      const stored = this.read();
      if (copy === undefined) {
        if (stored !== null) await this.#copy.write({ writtenAt: stored.writtenAt ?? 0, session: stored });
      } else if (copy.writtenAt > (stored?.writtenAt ?? 0)) {
        this.#writtenAt = copy.writtenAt;
        this.#put(copy.session);
      }
    } catch (error) {
      this.#effects.note('session: no copy', error);
    }
  }

  /** Forgets the conversation. Never rejects. */
  async clear(): Promise<void> {
    await this.#write(null);
  }

  close(): void {
    this.#copy.close();
  }

  isExpired(session: StoredSession): boolean {
    return this.#left(session) < EXPIRED_BEFORE_MS;
  }

  headers(): Record<string, string> {
    const session = this.read();
    return session === null ? {} : { authorization: `Bearer ${session.token}` };
  }

  /**
   * Starts a conversation.
   *
   * @throws ChatError as the server said
   */
  async start(form: VisitorForm): Promise<StoredSession> {
    const answer = await this.#anonymous.request<StartSessionResponse>('POST', '/api/chat/sessions', form);
    return await this.#keep(answer);
  }

  /** A token for the relay; `refused` when it did not take the last one. @throws ChatError */
  async token(refused: boolean): Promise<string> {
    const session = this.read();
    if (session === null) throw new ChatError('unauthenticated', 'There is no conversation.');
    if (refused || this.isExpired(session)) await this.renew();
    else if (this.#left(session) < RENEW_BEFORE_MS)
      void this.renew().catch((error: unknown) => this.#effects.note('session: not renewed', error));
    const current = this.read();
    if (current === null) throw new ChatError('unauthenticated', 'There is no conversation.');
    return current.token;
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
      const { token, expiresAt } = await this.#http.request<TokenResponse>('POST', '/api/chat/token', {});
      await this.#write({ ...session, token, expiresAt });
      return true;
    } catch (error) {
      if (mayPass(error)) throw error;
      return this.#resume(session);
    }
  }

  /** The token is of no use any more: asks for the conversation with the one that is good for just that. */
  async #resume(session: StoredSession): Promise<boolean> {
    const { username, resumeToken } = session;
    if (resumeToken === null) {
      await this.#lose();
      return false;
    }
    try {
      const answer = await this.#anonymous.request<StartSessionResponse>('POST', '/api/chat/sessions', { username, resumeToken });
      await this.#keep(answer);
      if (answer.clientId !== session.clientId) this.onReplaced();
      return true;
    } catch (error) {
      if (mayPass(error)) throw error;
      await this.#lose();
      return false;
    }
  }

  async #lose(): Promise<void> {
    await this.clear();
    this.onReplaced();
  }

  async #keep(answer: StartSessionResponse): Promise<StoredSession> {
    const { token, expiresAt, resumeToken, clientId, sessionId, username } = answer;
    if (token === undefined) throw new ChatError('internal', 'The server gave no token.');
    // A day, as the contract has it, should the server not say.
    const until = expiresAt ?? new Date(this.#clock.now() + 24 * 60 * 60 * 1_000).toISOString();
    const session = { token, expiresAt: until, resumeToken: resumeToken ?? null, clientId, sessionId, username };
    await this.#write(session);
    return session;
  }

  /** Resolves when a browser that is killed would still know it, or refuses to. */
  async #write(session: StoredSession | null): Promise<void> {
    this.#writtenAt = Math.max(this.#clock.now(), this.#writtenAt + 1, (this.read()?.writtenAt ?? 0) + 1);
    const writtenAt = this.#writtenAt;
    this.#put(session === null ? null : { ...session, writtenAt });
    try {
      await this.#copy.write({ writtenAt, session: session === null ? null : { ...session, writtenAt } });
    } catch (error) {
      this.#effects.note('session: no copy', error);
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
