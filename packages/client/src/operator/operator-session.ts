import { ChatError } from '@switchboard/protocol/errors';

import type { Channel, Effects } from '../platform/effects.ts';
import { createEmitter } from '../platform/emitter.ts';

/** Names the operator in whose name a console sends a request. The server refuses it while somebody else is signed in. */
export const OPERATOR_HEADER = 'x-switchboard-operator';
/** Tabs of one browser notify each other on this channel that somebody has signed in or out. A tab does not trust the message, but asks the server. */
export const SESSION_CHANNEL = 'switchboard-operators';

/** Whose the browser's session is: this page's operator's, nobody's, or somebody else's. */
export type SessionHolder = 'own' | 'nobody' | 'other';

/**
 * Whether this page may act. It belongs to one operator for as long as it is open, while the session (a cookie) belongs to the browser: in another tab the
 * operator may sign out, and another person sign in.
 */
export class OperatorSession {
  readonly #effects: Pick<Effects, 'note'>;
  readonly #operatorId: number;
  readonly #changed = createEmitter<void>();
  /** Asks to whom the session belongs; undefined for nobody. */
  readonly #ask: () => Promise<number | undefined>;
  #holder: SessionHolder = 'own';
  readonly #channel: Channel | undefined;
  #asking: Promise<SessionHolder | undefined> | undefined;

  constructor(effects: Pick<Effects, 'openChannel' | 'note'>, operatorId: number, ask: () => Promise<number | undefined>) {
    this.#effects = effects;
    this.#operatorId = operatorId;
    this.#ask = ask;
    this.#channel = effects.openChannel(SESSION_CHANNEL);
    this.#channel?.listen(() => void this.#lookUp().then((holder) => (holder === undefined ? undefined : this.#set(holder))));
  }

  holder(): SessionHolder {
    return this.#holder;
  }

  onChange(listener: () => void): () => void {
    return this.#changed.on(listener);
  }

  /** Goes with every request. */
  headers(): Record<string, string> {
    return { [OPERATOR_HEADER]: String(this.#operatorId) };
  }

  /** @throws ChatError `unauthenticated` while this page may not act */
  assertOwn(): void {
    if (this.#holder !== 'own') throw new ChatError('unauthenticated', 'Another session is open in this browser, or none.');
  }

  /** The server has answered a request of this operator. */
  accepted(): void {
    this.#set('own');
  }

  /** A relay token is for this operator. @throws ChatError `unauthenticated` when it is somebody else's and must not be used */
  checkToken(operatorId: number | undefined): void {
    if (operatorId === undefined || operatorId === this.#operatorId) return;
    this.#set('other');
    this.assertOwn();
  }

  /** The server has refused a request because this operator has no session. Resolves to whether another attempt makes sense. */
  async refused(): Promise<boolean> {
    // Even when the server does not answer now, it is known that this operator is not signed in.
    const holder = (await this.#lookUp()) ?? 'nobody';
    this.#set(holder);
    return holder === 'own';
  }

  close(): void {
    this.#channel?.close();
  }

  async #lookUp(): Promise<SessionHolder | undefined> {
    this.#asking ??= this.#ask()
      .then((id): SessionHolder => (id === undefined ? 'nobody' : id === this.#operatorId ? 'own' : 'other'))
      .catch((error: unknown) => {
        this.#effects.note('session: not looked up', error);
        return undefined;
      })
      .finally(() => {
        this.#asking = undefined;
      });
    return await this.#asking;
  }

  #set(holder: SessionHolder): void {
    if (this.#holder === holder) return;
    this.#holder = holder;
    this.#changed.emit();
  }
}
