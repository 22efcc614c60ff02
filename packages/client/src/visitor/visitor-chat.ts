import { ChatError } from '@switchboard/protocol/errors';

import { Arrivals } from '../conversation/arrivals.ts';
import { Snapshots } from '../conversation/snapshots.ts';
import type { ProblemKey } from '../model/problem.ts';
import type { ArrivedMessage, ConversationHandle, VisitorChat, VisitorChatOptions, VisitorForm, VisitorSnapshot } from '../model/types.ts';
import { withoutPlace } from '../outbox/entry.ts';
import { browserEffects } from '../platform/effects.ts';
import type { Effects } from '../platform/effects.ts';
import { createServerClock } from '../platform/server-clock.ts';
import { ActiveConversation } from './active-conversation.ts';
import { Resumption } from './resumption.ts';
import { VisitorSession } from './session.ts';
import { sameConversation } from './stored-session.ts';
import type { StoredSession } from './stored-session.ts';
import { UnsentMessages } from './unsent-messages.ts';

/** Why a message was not sent: it was saved in a conversation that the server no longer has. */
const LOST: ProblemKey = 'lost';

/** A visitor's side: no conversation, resuming an earlier one, or an active one. */
class Visitor implements VisitorChat {
  readonly #session: VisitorSession;
  readonly #resumption: Resumption;
  readonly #unsentMessages: UnsentMessages;
  readonly #activate: (stored: StoredSession) => ActiveConversation;
  readonly #snapshots: Snapshots<VisitorSnapshot>;
  readonly #arrivals = new Arrivals();
  readonly #stopStorage: () => void;
  #active: ActiveConversation | undefined;
  #ended = false;
  #page: string | undefined;
  #closed = false;

  constructor({ relay, storage, maxImageBytes }: VisitorChatOptions, effects: Effects) {
    const clock = createServerClock(() => effects.now());
    const refresh = () => this.#snapshots.refresh();
    const session = new VisitorSession(effects, storage, clock);
    this.#session = session;
    session.onReplaced = () => this.#follow();
    this.#unsentMessages = new UnsentMessages(effects, refresh);
    this.#activate = (stored) =>
      new ActiveConversation({
        effects,
        clock,
        relay,
        session,
        stored,
        maxImageBytes,
        unsentMessages: this.#unsentMessages.take(),
        onChange: refresh,
        onArrival: (arrived) => this.#arrivals.notify(arrived),
      });
    this.#resumption = new Resumption(effects, session, { onDone: () => this.#follow(), onChange: refresh });
    this.#snapshots = new Snapshots(effects, this.#build(), () => this.#build());
    this.#stopStorage = effects.page.onStorage(() => this.#follow());
    this.#follow();
  }

  get conversation(): ConversationHandle | undefined {
    return this.#active?.conversation.screen;
  }

  getSnapshot(): VisitorSnapshot {
    return this.#snapshots.get();
  }

  subscribe(listener: () => void): () => void {
    return this.#snapshots.subscribe(listener);
  }

  onArrival(listener: (arrived: ArrivedMessage) => void): () => void {
    return this.#arrivals.on(listener);
  }

  async start(form: VisitorForm): Promise<void> {
    await this.#resumption.restored;
    if (this.#active !== undefined) throw new ChatError('conflict', 'There is a conversation already.');
    await this.#session.start(form);
    this.#follow();
  }

  async end(): Promise<void> {
    const active = this.#active;
    if (active === undefined) return;
    await active.end();
    await this.#session.forget(active.stored);
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
    this.#resumption.close();
    this.#active?.close();
    this.#unsentMessages.close();
    this.#session.close();
    this.#snapshots.close();
  }

  /** Applies the stored session, whether this tab, another tab or the server changed it. */
  #follow(): void {
    if (this.#closed) return;
    const stored = this.#session.read();
    if (this.#active !== undefined && !sameConversation(stored, this.#active.stored)) this.#leave(this.#active);
    if (stored === null) {
      this.#resumption.stop();
      if (!this.#resumption.isRestoring()) this.#unsentMessages.open();
    } else if (this.#active === undefined) {
      if (this.#session.isExpired(stored)) this.#resumption.renew();
      else this.#open(stored);
    }
    this.#snapshots.refresh();
  }

  /** The active conversation is no longer this browser's. */
  #leave(active: ActiveConversation): void {
    const lost = active.conversation.sync.lostEntries().map((entry) => Object.assign({ failure: LOST }, entry));
    this.#unsentMessages.keep([...lost, ...active.outbox.entries().map(withoutPlace)]);
    this.#ended = true;
    active.close();
    this.#active = undefined;
  }

  #open(stored: StoredSession): void {
    this.#resumption.stop();
    this.#ended = false;
    this.#active = this.#activate(stored);
    if (this.#page !== undefined) this.#active.pages.set(this.#page);
  }

  #build(): VisitorSnapshot {
    const active = this.#active;
    const formerName = active === undefined ? this.#session.formerName() : null;
    return {
      phase: active === undefined ? (this.#resumption.isRunning() ? 'resuming' : 'idle') : 'active',
      username: active?.stored.username ?? null,
      unread: active?.conversation.screen.unread() ?? 0,
      ended: active === undefined && this.#ended && formerName === null,
      formerName,
      ending: active?.outbox.closing.isClosing() ?? false,
      unsentMessages: this.#unsentMessages.list(),
      blocked: active?.conversation.screen.getSnapshot().blocked ?? this.#resumption.isBlocked(),
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
