import { ChatError } from '@switchboard/protocol/errors';
import type { Acknowledgement, PeerInputs } from '@switchboard/protocol/types';

import { Conversation } from '../conversation/conversation.ts';
import { isBlocked } from '../model/errors.ts';
import { conversationMessageId } from '../model/message-id.ts';
import type { ProblemKey } from '../model/problem.ts';
import type { ArrivedMessage, RelayAddress } from '../model/types.ts';
import { fileOf, type NewEntry, type OutboxEntry, withoutPlace } from '../outbox/entry.ts';
import { Outbox } from '../outbox/outbox.ts';
import type { Effects } from '../platform/effects.ts';
import type { ServerClock } from '../platform/server-clock.ts';
import { withJitter } from '../platform/jitter.ts';
import { derivedKey } from '../timeline/derived-key.ts';
import { liveMessage } from '../timeline/live-message.ts';
import { Connection } from '../transport/connection.ts';
import type { RelayHandlers } from '../transport/connection.ts';
import { createHttp } from '../transport/http.ts';
import type { Http } from '../transport/http.ts';
import { relayedFields } from '../transport/relayed-picture.ts';
import { uploadImage } from '../transport/upload.ts';
import { PageReports } from './page-reports.ts';
import type { VisitorSession } from './session.ts';
import type { StoredSession } from './stored-session.ts';

/** Milliseconds that `end` waits for the last messages to be saved. */
const FLUSH_MS = 5_000;
/** Why a message was not sent: its conversation ended before. */
const NOT_SENT: ProblemKey = 'left_over';

export interface ActiveConversationOptions {
  readonly effects: Effects;
  readonly clock: ServerClock;
  readonly relay: RelayAddress;
  readonly session: VisitorSession;
  readonly stored: StoredSession;
  readonly maxImageBytes: number | undefined;
  /** Unsent messages of earlier conversations, on disk or not. */
  readonly unsentMessages: readonly NewEntry[];
  onChange(): void;
  onArrival(arrived: ArrivedMessage): void;
}

/** The relay event of a visitor's message. */
function clientMessageOf(entry: NewEntry, origin: string): PeerInputs['clientMessage'] {
  return { ...relayedFields(entry.body, origin), messageKey: entry.key };
}

/** Everything that exists while a visitor has a conversation: its outbox, its connection and the reports to the server. */
export class ActiveConversation {
  readonly stored: StoredSession;
  readonly conversation: Conversation;
  readonly connection: Connection;
  readonly outbox: Outbox;
  readonly pages: PageReports;
  readonly #options: ActiveConversationOptions;
  readonly #http: Http;
  readonly #stopPage: readonly (() => void)[];
  #closed = false;

  constructor(options: ActiveConversationOptions) {
    const { effects, clock, session, stored } = options;
    this.#options = options;
    this.stored = stored;
    this.#http = createHttp(effects, clock, session.credentials(stored));
    this.outbox = this.#openOutbox();
    this.#http.timings.watch(this.outbox);
    this.conversation = this.#openConversation();
    this.connection = new Connection(effects, clock, {
      relay: options.relay,
      token: (refused) => this.#token(refused),
      join: () => ({ role: 'client', name: stored.username }),
      handlers: this.#handlers(),
    });
    this.pages = new PageReports(effects, clock, async (page) => await this.#http.request('POST /api/chat/page', { body: page }));
    // Browsers do not put a page with an open connection into the back/forward cache.
    const { page } = effects;
    this.#stopPage = [page.onPageHide(() => this.connection.suspend()), page.onPageRestore(() => this.connection.resume())];
    this.connection.onJoined(() => void this.conversation.sync.catchUp());
    this.connection.onState(() => options.onChange());
    this.outbox.onChange(() => options.onChange());
    this.conversation.screen.subscribe(() => options.onChange());
    void this.#begin();
  }

  /**
   * Ends the conversation on the server. Messages that were shown as refused before are discarded; other entries that are in the outbox by then (another tab
   * may accept a message before it learns that the chat is being ended) stay there.
   *
   * @throws ChatError `unavailable` if the server can't be reached or the last messages can't be saved
   */
  async end(): Promise<void> {
    const seen = this.#refused();
    this.outbox.setClosing(true);
    try {
      await this.#endOnServer();
    } catch (error) {
      this.outbox.setClosing(false);
      throw error;
    }
    const refused = new Set(this.#refused().map(conversationMessageId));
    for (const entry of seen) if (refused.has(conversationMessageId(entry))) await this.outbox.discard(entry);
    // Reported now: the session is about to be deleted.
    this.#http.timings.close();
  }

  /** Messages that are shown as `Not sent`. */
  #refused(): readonly OutboxEntry[] {
    return this.outbox.entries().filter((entry) => entry.failure !== null);
  }

  async #endOnServer(): Promise<void> {
    if (!(await this.outbox.flush(FLUSH_MS))) {
      throw new ChatError('unavailable', 'Messages are not saved yet.');
    }
    try {
      await this.#http.request('POST /api/chat/end', { body: {} });
    } catch (error) {
      // Refused for good: the server has no conversation to end.
      if (!(error instanceof ChatError) || error.retryable || isBlocked(error)) throw error;
      this.#options.effects.note('end refused', error);
    }
    await this.connection.send('chatEnded', null);
  }

  close(): void {
    if (this.#closed) return;
    this.#closed = true;
    this.#http.timings.close();
    for (const stop of this.#stopPage) stop();
    this.pages.close();
    this.conversation.close();
    this.connection.close();
    this.outbox.close();
  }

  async #begin(): Promise<void> {
    await this.outbox.load();
    const { clientId, sessionId } = this.#options.stored;
    const found = new Map(
      [...this.#options.unsentMessages, ...this.outbox.entries().map(withoutPlace)].map((entry) => [conversationMessageId(entry), entry]),
    );
    for (const entry of found.values()) {
      if (entry.clientId === clientId && (entry.sessionId ?? sessionId) === sessionId) continue;
      // The ended conversation accepts no messages: shown in this one, for the person to send or discard.
      const key = derivedKey({ from: sessionId, timestamp: entry.createdAt, type: 'left-over', message: entry.key });
      await this.outbox.add({ ...entry, key, clientId, sessionId, failure: entry.failure ?? NOT_SENT });
      await this.outbox.discard(entry);
    }
    if (!this.#closed) this.outbox.begin();
  }

  /** Called before each connection, and therefore the first to learn that this visitor is blocked. */
  async #token(refused: boolean): Promise<string> {
    try {
      return await this.#options.session.token(this.#options.stored, refused);
    } catch (error) {
      if (isBlocked(error)) this.conversation.sync.noteBlocked();
      throw error;
    }
  }

  #openOutbox(): Outbox {
    const { effects } = this.#options;
    return new Outbox(effects, {
      owner: 'visitor',
      asOperator: false,
      save: async (messages) => {
        const answer = await this.#http.request('POST /api/chat/messages', { body: { messages } });
        this.#http.timings.saved(messages);
        return answer.messages;
      },
      upload: (entry, onProgress, signal) => {
        const file = fileOf(entry);
        if (file?.blob == null)
          return Promise.reject(new ChatError('invalid_request', 'The picture is gone.', { fields: { picture: 'is gone' } }));
        return uploadImage(effects, this.#http, { blob: file.blob, name: file.name, uploadKey: entry.key, signal }, onProgress);
      },
      onUploaded: (entry) => void this.conversation.screen.relay(entry),
    });
  }

  #openConversation(): Conversation {
    const { effects, clock, session, stored } = this.#options;
    return new Conversation({
      effects,
      clock,
      http: this.#http,
      outbox: this.outbox,
      clientId: stored.clientId,
      sessionId: stored.sessionId,
      side: { kind: 'client' },
      operator: null,
      maxImageBytes: this.#options.maxImageBytes,
      checkHidden: true,
      relay: (entry): Promise<Acknowledgement | null> => this.connection.send('clientMessage', clientMessageOf(entry, effects.page.origin)),
      sendTyping: (isTyping) => this.connection.signal('clientTyping', { isTyping }),
      report: async (marks, epoch) => {
        await this.#http.request('POST /api/chat/receipts', { body: { ...marks, epoch: epoch ?? undefined } });
      },
      onArrival: (message, seen) => this.#options.onArrival({ clientId: stored.clientId, message, seen }),
      onReached: () => this.outbox.reached(),
      // A restored database may not have the conversation: renewing the token may return another one.
      onMissing: () =>
        void session
          .credentials(stored)
          .renew()
          .catch((error: unknown) => effects.note('session: not renewed', error)),
    });
  }

  #handlers(): RelayHandlers {
    const { sessionId: from } = this.#options.stored;
    return {
      operatorMessage: (event) =>
        this.conversation.feed.message(liveMessage(event, { from, senderType: 'OPERATOR', operatorName: event.operatorName })),
      operatorTyping: ({ isTyping, operatorName }) => this.conversation.feed.typing(isTyping ? (operatorName ?? '…') : null),
      conversationChanged: ({ lastSeq }) => this.conversation.sync.hint(lastSeq),
      messagesSeen: (hint) => this.conversation.sync.hintSeen(hint),
      resync: withJitter(this.#options.effects, () => void this.conversation.sync.catchUp()),
      error: (error) => this.#options.effects.note('relay: refused', error),
      newChat: null,
      incomingMessage: null,
      clientTyping: null,
      chatEnded: null,
      operatorBroadcast: null,
      operatorActivity: null,
    };
  }
}
