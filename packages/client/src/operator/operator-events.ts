import type { ChangeKind, RelayPayloads } from '@switchboard/protocol/types';

import type { Effects } from '../platform/effects.ts';
import type { ServerClock } from '../platform/server-clock.ts';
import { withJitter } from '../platform/jitter.ts';
import { liveMessage } from '../timeline/live-message.ts';
import type { LiveMessage } from '../timeline/state.ts';
import type { RelayHandlers } from '../transport/connection.ts';
import type { Http } from '../transport/http.ts';
import type { AddressBook } from './address-book.ts';
import type { Backstop } from './backstop.ts';
import type { ConversationCache } from './conversation-cache.ts';
import type { LiveList } from './list/live-list.ts';

/** An address that our own visitors have; an old front-end's is a socket id. */
const OWN_ADDRESS = /^[\da-f]{8}-[\da-f]{4}-[\da-f]{4}-[\da-f]{4}-[\da-f]{12}$/i;

/** For each kind of change, what a console does about it. */
export type ChangeHandlers = { readonly [K in ChangeKind]: (clientId: number, lastSeq: number) => void };

/** What a console's relay events concern. */
interface Parts {
  readonly effects: Effects;
  readonly clock: ServerClock;
  readonly http: Http;
  readonly list: LiveList;
  readonly book: AddressBook;
  readonly cache: ConversationCache;
  readonly backstop: Backstop;
  /** Something may have been missed. */
  readonly catchUp: () => void;
}

/** Does what the relay tells a console. */
export class OperatorEvents {
  readonly #parts: Parts;
  readonly #changes: ChangeHandlers;

  constructor(parts: Parts) {
    this.#parts = parts;
    const { list, cache } = parts;
    const fetchRow = (clientId: number) => list.want(clientId);
    this.#changes = {
      messages: (clientId, lastSeq) => {
        cache.peek(clientId)?.sync.hint(lastSeq);
        if (lastSeq > (list.lastSeq(clientId) ?? 0)) fetchRow(clientId);
      },
      ended: fetchRow,
      blocked: fetchRow,
      done: fetchRow,
      page: fetchRow,
    };
  }

  handlers(): RelayHandlers {
    const { effects, book, list, cache, catchUp } = this.#parts;
    return {
      // Who says nothing gets no row: every page view of an old front-end is such a chat.
      newChat: ({ clientId: address, username }) => book.noteName(address, username),
      incomingMessage: (event) => {
        const message = liveMessage(event, { from: event.from, senderType: 'CLIENT' });
        book.whenKnown(event.from, (clientId) => this.#takeVisitorMessage(clientId, event.from, message));
      },
      operatorBroadcast: (event) => {
        const { clientId: address, operatorId, operatorName } = event;
        const message = liveMessage(event, { from: address, senderType: 'OPERATOR', operatorId, operatorName });
        book.whenFound(address, (clientId) => {
          cache.peek(clientId)?.feed.message(message);
          this.#list(clientId, message);
        });
      },
      clientTyping: ({ from, isTyping }) => {
        const clientId = book.find(from);
        if (clientId === undefined || list.isBlocked(clientId)) return;
        list.typing(clientId, isTyping);
        cache.peek(clientId)?.feed.typing(isTyping ? (list.summaryOf(clientId)?.username ?? '…') : null);
      },
      chatEnded: ({ clientId: address }) => book.whenFound(address, (clientId) => this.#takeEnd(clientId, address)),
      conversationChanged: (hint) => this.#takeHint(hint),
      messagesSeen: (hint) => {
        const clientId = book.find(hint.clientId);
        if (clientId === undefined) {
          list.noteUnknown(hint.clientId);
          return;
        }
        cache.peek(clientId)?.sync.hintSeen(hint);
        // A colleague has read it: the number of unread messages changes.
        if (hint.by === 'operator' && hint.readSeq > (list.readSeq(clientId) ?? 0)) list.want(clientId);
      },
      resync: withJitter(effects, catchUp),
      error: (error) => effects.note('relay: refused', error),
      operatorMessage: null,
      operatorTyping: null,
    };
  }

  /** Nothing of a visitor that is blocked: a relay that was started since believes its token until that runs out. */
  #takeVisitorMessage(clientId: number, address: string, message: LiveMessage): void {
    const { list, cache, backstop } = this.#parts;
    if (list.isBlocked(clientId)) return;
    list.typing(clientId, false);
    backstop.watch(clientId, address, message);
    cache.get(clientId).feed.message(message);
    this.#list(clientId, message);
  }

  #list(clientId: number, content: LiveMessage): void {
    const { list, cache, effects, clock } = this.#parts;
    // The database was quicker than the relay.
    if (cache.peek(clientId)?.sync.hasSaved(content) === true) list.want(clientId);
    else list.apply(clientId, { type: 'message', content, heardAt: effects.now(), arrivedAt: new Date(clock.now()).toISOString() });
  }

  #takeEnd(clientId: number, address: string): void {
    const { list, cache, clock, http, effects } = this.#parts;
    if (list.isBlocked(clientId)) return;
    const at = new Date(clock.now()).toISOString();
    list.typing(clientId, false);
    list.apply(clientId, { type: 'ended', at });
    list.want(clientId);
    cache.peek(clientId)?.feed.end(at);
    if (OWN_ADDRESS.test(address)) return;
    // An old front-end tells only the relay; the console tells the database.
    http.request('POST /api/chat/end', { body: { clientId } }).catch((error: unknown) => effects.note('end not kept', error));
  }

  #takeHint({ clientId: address, lastSeq, visitorChanged, what }: RelayPayloads['conversationChanged']): void {
    const { list, book } = this.#parts;
    const clientId = book.find(address);
    if (clientId === undefined) {
      void list.wantAddress(address);
      return;
    }
    // Whatever has changed, the number says whether this console has missed messages.
    this.#changes.messages(clientId, lastSeq);
    for (const kind of what ?? []) if (kind !== 'messages' && this.#isKnownChange(kind)) this.#changes[kind](clientId, lastSeq);
    // An older server does not say what it was.
    if (what === undefined && visitorChanged === true) list.want(clientId);
  }

  /** A later version of the server has kinds that this page does not know: it has nothing to show of them. */
  #isKnownChange(kind: string): kind is ChangeKind {
    return Object.hasOwn(this.#changes, kind);
  }
}
