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
import { LeftOvers } from './left-overs.ts';
import { VisitorSession } from './session.ts';
import { sameConversation } from './stored-session.ts';
import type { StoredSession } from './stored-session.ts';
import { VisitorLine } from './visitor-line.ts';

/** What a message says that was saved in a conversation which the server does not know any more. */
const LOST: ProblemKey = 'lost';

/** A visitor's side: no conversation, or finding the one from before, or one. */
class Visitor implements VisitorChat {
  readonly #effects: Effects;
  readonly #options: VisitorChatOptions;
  readonly #clock: ServerClock;
  readonly #session: VisitorSession;
  readonly #changed = createEmitter<void>();
  readonly #arrivals = new Arrivals();
  readonly #stopStorage: () => void;
  readonly #restored: Promise<void>;
  /** What a killed browser may have forgotten has not been looked up yet. */
  #restoring = true;
  #line: VisitorLine | undefined;
  readonly #leftOvers: LeftOvers;
  /** What the last conversation had left in its outbox. */
  #remaining: readonly NewEntry[] = [];
  #ended = false;
  /** The conversation from before is being looked for. */
  #resuming = false;
  readonly #resume: RetryingTask;
  /** Finding the conversation from before is refused because this visitor is blocked. */
  #shutOut = false;
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
    this.#leftOvers = new LeftOvers(effects, () => this.#refresh());
    this.#snapshot = this.#build();
    this.#stopStorage = effects.page.onStorage(() => this.#follow());
    this.#follow();
    this.#restored = this.#restore();
  }

  get conversation(): ConversationHandle | undefined {
    return this.#line?.conversation.screen;
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
    if (this.#line !== undefined) throw new ChatError('conflict', 'There is a conversation already.');
    await this.#session.start(form);
    this.#follow();
  }

  async end(): Promise<void> {
    const line = this.#line;
    if (line === undefined) return;
    const { stored } = line;
    await line.end();
    await this.#session.forget(stored);
    this.#follow();
  }

  setPage(url: string): void {
    this.#page = url;
    this.#line?.pages.set(url);
  }

  async discardLeftOver(key: string): Promise<void> {
    await this.#leftOvers.discard(key);
  }

  close(): void {
    this.#closed = true;
    this.#stopStorage();
    this.#resume.close();
    this.#line?.close();
    this.#leftOvers.close();
    this.#session.close();
  }

  async #restore(): Promise<void> {
    await this.#session.restore();
    this.#restoring = false;
    this.#follow();
  }

  /** Does what the stored session says, whoever changed it: this tab, another one, or the server. */
  #follow(): void {
    if (this.#closed) return;
    const stored = this.#session.read();
    if (this.#line !== undefined && !sameConversation(stored, this.#line.stored)) this.#leave(this.#line);
    if (stored === null) {
      this.#stopResuming();
      if (!this.#restoring) this.#leftOvers.open(this.#remaining);
    } else if (this.#line === undefined) {
      if (this.#session.isExpired(stored)) this.#startResuming();
      else this.#open(stored);
    }
    this.#refresh();
  }

  /** That conversation is not this browser's any more. */
  #leave(line: VisitorLine): void {
    const lost = line.conversation.sync.lostWords().map((entry) => Object.assign({ failure: LOST }, entry));
    this.#remaining = [...lost, ...line.outbox.entries().map(withoutPlace)];
    this.#ended = true;
    line.close();
    this.#line = undefined;
  }

  #open(stored: StoredSession): void {
    this.#stopResuming();
    const leftOvers = [...this.#remaining, ...this.#leftOvers.take()];
    this.#remaining = [];
    this.#ended = false;
    this.#line = new VisitorLine({
      effects: this.#effects,
      clock: this.#clock,
      relay: this.#options.relay,
      session: this.#session,
      stored,
      maxImageBytes: this.#options.maxImageBytes,
      leftOvers,
      onChange: () => this.#refresh(),
      onArrival: (arrived) => this.#arrivals.tell(arrived),
    });
    if (this.#page !== undefined) this.#line.pages.set(this.#page);
  }

  #stopResuming(): void {
    this.#resuming = false;
    this.#shutOut = false;
  }

  #startResuming(): void {
    if (this.#resuming) return;
    this.#resuming = true;
    this.#resume.trigger(true);
  }

  /** Gets a token for the stored conversation, whose own has run out. Does nothing once that is not wanted any more. */
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
        this.#shutOut ||= this.#resuming && isBlocked(error);
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
    const line = this.#line;
    const formerName = line === undefined ? this.#session.formerName() : null;
    return {
      phase: line === undefined ? (this.#resuming || this.#restoring ? 'resuming' : 'idle') : 'active',
      username: line?.stored.username ?? null,
      unread: line?.conversation.screen.unread() ?? 0,
      ended: line === undefined && this.#ended && formerName === null,
      formerName,
      ending: line?.outbox.closing.isClosing() ?? false,
      leftOvers: this.#leftOvers.list(),
      blocked: line?.conversation.screen.getSnapshot().blocked ?? this.#shutOut,
      connection: line?.connection.state() ?? 'connecting',
      noLiveConnection: line?.connection.noLiveConnection() ?? false,
      savesFailing: line?.outbox.isFailing() ?? false,
      outboxVolatile: line?.outbox.isVolatile() ?? false,
    };
  }
}

/**
 * Opens a visitor's side of the chat: finds the conversation from before, if there is one, and keeps it complete until `close`.
 *
 * `effects` are those of the browser unless a test or another host gives its own.
 */
export function createVisitorChat(options: VisitorChatOptions, effects: Effects = browserEffects(options.debug)): VisitorChat {
  return new Visitor(options, effects);
}
