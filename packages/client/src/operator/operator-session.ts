import { ChatError } from '@switchboard/protocol/errors';

import type { Channel, Effects } from '../platform/effects.ts';
import { createEmitter } from '../platform/emitter.ts';

/** Names the operator whom a request of a console speaks for. The server does nothing for it while somebody else is signed in. */
export const OPERATOR_HEADER = 'x-switchboard-operator';
/** Tabs of one browser tell each other on this channel that somebody has signed in or out. What they say is not believed, only looked up. */
export const SESSION_CHANNEL = 'switchboard-operators';

/** Whose the browser's session is: this page's operator's, nobody's, or somebody else's. */
export type SessionHolder = 'own' | 'nobody' | 'other';

/**
 * Whether this page may speak. It belongs to one operator for as long as it is open, while the session, a cookie, belongs to the browser: another tab may
 * sign out, and another person sign in.
 */
export class OperatorSession {
  readonly #effects: Pick<Effects, 'note'>;
  readonly #operatorId: number;
  readonly #changed = createEmitter<void>();
  /** Asks whom the session belongs to; undefined when to nobody. */
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

  /** @throws ChatError `unauthenticated` while this page may not speak */
  assertOwn(): void {
    if (this.#holder !== 'own') throw new ChatError('unauthenticated', 'Another session is open in this browser, or none.');
  }

  /** The server has answered a request of this operator. */
  accepted(): void {
    this.#set('own');
  }

  /** Whom a relay token speaks for; one of somebody else's must not be used. @throws ChatError `unauthenticated` */
  checkToken(operatorId: number | undefined): void {
    if (operatorId === undefined || operatorId === this.#operatorId) return;
    this.#set('other');
    this.assertOwn();
  }

  /** The server has refused a request for want of a session of this operator. Resolves to whether it is worth another try. */
  async refused(): Promise<boolean> {
    // If that can't be found out now: this operator is not signed in, so much is known.
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
