import { ChatError } from '@switchboard/protocol/errors';

import { Arrivals } from '../conversation/arrivals.ts';
import { isBlocked } from '../model/errors.ts';
import type { ProblemKey } from '../model/problem.ts';
import type { ArrivedMessage, ConversationHandle, VisitorChat, VisitorChatOptions, VisitorForm, VisitorSnapshot } from '../model/types.ts';
import { type NewEntry, withoutPlace } from '../outbox/entry.ts';
import { browserEffects } from '../platform/effects.ts';
import type { Effects } from '../platform/effects.ts';
import { createEmitter } from '../platform/emitter.ts';
import { RetryingTask } from '../platform/retrying-task.ts';
import { createServerClock } from '../platform/server-clock.ts';
import type { ServerClock } from '../platform/server-clock.ts';
import { shallowEqual } from '../platform/shallow-equal.ts';
import { UnsentMessages } from './unsent-messages.ts';
import { VisitorSession } from './session.ts';
import { sameConversation } from './stored-session.ts';
import type { StoredSession } from './stored-session.ts';
import { ActiveConversation } from './active-conversation.ts';

/** Why a message was not sent: it was saved in a conversation that the server no longer has. */
const LOST: ProblemKey = 'lost';

/** A visitor's side: no conversation, resuming an earlier one, or an active one. */
class Visitor implements VisitorChat {
  readonly #effects: Effects;
  readonly #options: VisitorChatOptions;
  readonly #clock: ServerClock;
  readonly #session: VisitorSession;
  readonly #changed = createEmitter<void>();
  readonly #arrivals = new Arrivals();
  readonly #stopStorage: () => void;
  readonly #restored: Promise<void>;
  /** The copy of the session has not been read yet. */
  #restoring = true;
  #active: ActiveConversation | undefined;
  readonly #unsentMessages: UnsentMessages;
  /** Unsent messages of the last conversation. */
  #remaining: readonly NewEntry[] = [];
  #ended = false;
  /** An earlier conversation is being resumed. */
  #resuming = false;
  readonly #resume: RetryingTask;
  /** Resuming is refused because this visitor is blocked. */
  #blocked = false;
  #page: string | undefined;
  #closed = false;
  #snapshot: VisitorSnapshot;

  constructor(options: VisitorChatOptions, effects: Effects) {
    this.#effects = effects;
    this.#options = options;
    this.#clock = createServerClock(() => effects.now());
    this.#session = new VisitorSession(effects, options.storage, this.#clock);
    this.#session.onReplaced = () => this.#follow();
    this.#resume = this.#createResume();
    this.#unsentMessages = new UnsentMessages(effects, () => this.#refresh());
    this.#snapshot = this.#build();
    this.#stopStorage = effects.page.onStorage(() => this.#follow());
    this.#follow();
    this.#restored = this.#restore();
  }

  get conversation(): ConversationHandle | undefined {
    return this.#active?.conversation.screen;
  }

  getSnapshot(): VisitorSnapshot {
    return this.#snapshot;
  }

  subscribe(listener: () => void): () => void {
    return this.#changed.on(listener);
  }

  onArrival(listener: (arrived: ArrivedMessage) => void): () => void {
    return this.#arrivals.on(listener);
  }

  async start(form: VisitorForm): Promise<void> {
    await this.#restored;
    if (this.#active !== undefined) throw new ChatError('conflict', 'There is a conversation already.');
    await this.#session.start(form);
    this.#follow();
  }

  async end(): Promise<void> {
    const active = this.#active;
    if (active === undefined) return;
    const { stored } = active;
    await active.end();
    await this.#session.forget(stored);
    this.#follow();
  }

  setPage(url: string): void {
    this.#page = url;
    this.#active?.pages.set(url);
  }

  async discardUnsentMessage(key: string): Promise<void> {
    await this.#unsentMessages.discard(key);
  }

  close(): void {
    this.#closed = true;
    this.#stopStorage();
    this.#resume.close();
    this.#active?.close();
    this.#unsentMessages.close();
    this.#session.close();
  }

  async #restore(): Promise<void> {
    await this.#session.restore();
    this.#restoring = false;
    this.#follow();
  }

  /** Applies the stored session, whether this tab, another tab or the server changed it. */
  #follow(): void {
    if (this.#closed) return;
    const stored = this.#session.read();
    if (this.#active !== undefined && !sameConversation(stored, this.#active.stored)) this.#leave(this.#active);
    if (stored === null) {
      this.#stopResuming();
      if (!this.#restoring) this.#unsentMessages.open(this.#remaining);
    } else if (this.#active === undefined) {
      if (this.#session.isExpired(stored)) this.#startResuming();
      else this.#open(stored);
    }
    this.#refresh();
  }

  /** The active conversation is no longer this browser's. */
  #leave(active: ActiveConversation): void {
    const lost = active.conversation.sync.lostEntries().map((entry) => Object.assign({ failure: LOST }, entry));
    this.#remaining = [...lost, ...active.outbox.entries().map(withoutPlace)];
    this.#ended = true;
    active.close();
    this.#active = undefined;
  }

  #open(stored: StoredSession): void {
    this.#stopResuming();
    const unsentMessages = [...this.#remaining, ...this.#unsentMessages.take()];
    this.#remaining = [];
    this.#ended = false;
    this.#active = new ActiveConversation({
      effects: this.#effects,
      clock: this.#clock,
      relay: this.#options.relay,
      session: this.#session,
      stored,
      maxImageBytes: this.#options.maxImageBytes,
      unsentMessages,
      onChange: () => this.#refresh(),
      onArrival: (arrived) => this.#arrivals.notify(arrived),
    });
    if (this.#page !== undefined) this.#active.pages.set(this.#page);
  }

  #stopResuming(): void {
    this.#resuming = false;
    this.#blocked = false;
  }

  #startResuming(): void {
    if (this.#resuming) return;
    this.#resuming = true;
    this.#resume.trigger(true);
  }

  /** Creates the task that renews the expired token of the stored conversation. It does nothing after `#stopResuming`. */
  #createResume(): RetryingTask {
    return new RetryingTask(this.#effects, {
      work: async () => {
        if (!this.#resuming) return;
        await this.#session.renew();
        this.#resuming = false;
        this.#follow();
      },
      onFailure: (error) => {
        this.#effects.note('session: not resumed', error);
        this.#blocked ||= this.#resuming && isBlocked(error);
        this.#refresh();
      },
      page: this.#effects.page,
    });
  }

  #refresh(): void {
    const next = this.#build();
    if (shallowEqual(this.#snapshot, next)) return;
    this.#snapshot = next;
    this.#changed.emit();
  }

  #build(): VisitorSnapshot {
    const active = this.#active;
    const formerName = active === undefined ? this.#session.formerName() : null;
    return {
      phase: active === undefined ? (this.#resuming || this.#restoring ? 'resuming' : 'idle') : 'active',
      username: active?.stored.username ?? null,
      unread: active?.conversation.screen.unread() ?? 0,
      ended: active === undefined && this.#ended && formerName === null,
      formerName,
      ending: active?.outbox.closing.isClosing() ?? false,
      unsentMessages: this.#unsentMessages.list(),
      blocked: active?.conversation.screen.getSnapshot().blocked ?? this.#blocked,
      connection: active?.connection.state() ?? 'connecting',
      noLiveConnection: active?.connection.noLiveConnection() ?? false,
      savesFailing: active?.outbox.isFailing() ?? false,
      outboxVolatile: active?.outbox.isVolatile() ?? false,
    };
  }
}

/**
 * Opens a visitor's side of the chat: resumes an earlier conversation, if there is one, and keeps it up to date until `close`.
 *
 * `effects` are those of the browser unless a test or another host provides its own.
 */
export function createVisitorChat(options: VisitorChatOptions, effects: Effects = browserEffects(options.debug)): VisitorChat {
  return new Visitor(options, effects);
}
