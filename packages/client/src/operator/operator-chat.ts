import type { ConversationActionName, RequestOf } from '@switchboard/protocol/types';

import type {
  ArrivedMessage,
  ConversationHandle,
  ConversationSummary,
  ListView,
  OperatorChat,
  OperatorChatOptions,
  OperatorSnapshot,
} from '../model/types.ts';
import type { Outbox } from '../outbox/outbox.ts';
import { browserEffects } from '../platform/effects.ts';
import type { Effects } from '../platform/effects.ts';
import type { Connection } from '../transport/connection.ts';
import { openOperatorConnection } from './operator-connection.ts';
import { createOperatorContext } from './operator-context.ts';
import type { OperatorContext } from './operator-context.ts';
import { OperatorConversations } from './operator-conversations.ts';
import { OperatorEvents } from './operator-events.ts';
import { openOperatorOutbox } from './operator-outbox.ts';
import { OperatorSnapshots } from './operator-snapshots.ts';

/** An operator's side. */
class Operator implements OperatorChat {
  readonly #context: OperatorContext;
  readonly #outbox: Outbox;
  readonly #conversations: OperatorConversations;
  readonly #connection: Connection;
  readonly #snapshots: OperatorSnapshots;
  #closed = false;

  constructor(options: OperatorChatOptions, effects: Effects) {
    this.#context = createOperatorContext(effects, options);
    this.#outbox = openOperatorOutbox(this.#context, (entry) => void this.#conversations.cache.get(entry.clientId).screen.relay(entry));
    this.#conversations = new OperatorConversations(this.#context, this.#outbox, {
      connection: () => this.#connection,
      onChange: () => this.#refresh(),
    });
    const events = new OperatorEvents(this.#context, this.#conversations, () => this.#catchUp());
    this.#connection = openOperatorConnection(this.#context, options.relay, events.handlers());
    this.#snapshots = new OperatorSnapshots(
      () => this.#build(),
      () => this.#conversations.list.version(),
    );
    this.#outbox.onChange(() => this.#refresh());
    this.#connection.onState(() => this.#refresh());
    this.#context.session.onChange(() => this.#refresh());
    this.#connection.onJoined(() => this.#catchUp());
    void this.#outbox.load().then(() => this.#outbox.begin());
  }

  getSnapshot(): OperatorSnapshot {
    return this.#snapshots.current();
  }

  subscribe(listener: () => void): () => void {
    return this.#snapshots.onChange(listener);
  }

  setView(view: ListView): void {
    this.#conversations.list.setView(view);
  }

  loadMore(): Promise<void> {
    return this.#conversations.list.loadMore();
  }

  summaryOf(clientId: number): ConversationSummary | undefined {
    return this.#conversations.list.summaryOf(clientId);
  }

  fetchSummary(clientId: number): void {
    this.#conversations.list.want(clientId, true);
  }

  conversation(clientId: number): ConversationHandle {
    return this.#conversations.cache.get(clientId).screen;
  }

  perform<N extends ConversationActionName>(name: N, request: RequestOf<N>): Promise<void> {
    return this.#conversations.perform(name, request);
  }

  setDone(clientId: number, done: boolean): Promise<void> {
    return this.#conversations.setDone(clientId, done);
  }

  onArrival(listener: (arrived: ArrivedMessage) => void): () => void {
    return this.#conversations.onArrival(listener);
  }

  close(): void {
    this.#closed = true;
    this.#context.http.timings.close();
    this.#conversations.close();
    this.#connection.close();
    this.#outbox.close();
    this.#context.session.close();
  }

  #catchUp(): void {
    if (!this.#closed) this.#conversations.catchUp();
  }

  #refresh(): void {
    // The parts report changes before all of them are there.
    if (!this.#closed && this.#snapshots !== undefined) this.#snapshots.refresh();
  }

  #build(): OperatorSnapshot {
    const { session } = this.#context;
    return {
      ...this.#conversations.list.snapshot(),
      unsent: this.#outbox.unsent(),
      signedOut: session.holder() !== 'own',
      somebodyElse: session.holder() === 'other',
      connection: this.#connection.state(),
      noLiveConnection: this.#connection.noLiveConnection(),
      savesFailing: this.#outbox.isFailing(),
      outboxVolatile: this.#outbox.isVolatile(),
    };
  }
}

/**
 * Opens an operator's side of the chat: every conversation, and saving for visitors whose own client fails to save. Works until `close`.
 *
 * `effects` are those of the browser unless a test or another host gives its own.
 */
export function createOperatorChat(options: OperatorChatOptions, effects: Effects = browserEffects(options.debug)): OperatorChat {
  return new Operator(options, effects);
}
