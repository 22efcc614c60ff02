import type { ChangeKind, RelayPayloads } from '@switchboard/protocol/types';

import { withJitter } from '../platform/jitter.ts';
import { liveMessage } from '../timeline/live-message.ts';
import type { LiveMessage } from '../timeline/state.ts';
import type { RelayHandlers } from '../transport/connection.ts';
import type { OperatorContext } from './operator-context.ts';
import type { OperatorConversations } from './operator-conversations.ts';

/** An address of one of our own front-ends; an old front-end's is a socket id. */
const OWN_ADDRESS = /^[\da-f]{8}-[\da-f]{4}-[\da-f]{4}-[\da-f]{4}-[\da-f]{12}$/i;

/** For each kind of change, what a console does about it. */
export type ChangeHandlers = { readonly [K in ChangeKind]: (clientId: number, lastSeq: number) => void };

/** Handles the events that the relay sends to a console. */
export class OperatorEvents {
  readonly #context: Pick<OperatorContext, 'effects' | 'clock' | 'http'>;
  readonly #conversations: OperatorConversations;
  /** Something may have been missed. */
  readonly #catchUp: () => void;
  readonly #changes: ChangeHandlers;

  constructor(context: OperatorContext, conversations: OperatorConversations, catchUp: () => void) {
    this.#context = context;
    this.#conversations = conversations;
    this.#catchUp = catchUp;
    const { list, cache } = conversations;
    const fetchRow = (clientId: number) => list.want(clientId);
    this.#changes = {
      messages: (clientId, lastSeq) => {
        cache.peek(clientId)?.sync.hint(lastSeq);
        if (lastSeq > (list.lastSeq(clientId) ?? 0)) fetchRow(clientId);
      },
      activity: fetchRow,
      state: fetchRow,
    };
  }

  handlers(): RelayHandlers {
    const { effects } = this.#context;
    const { addresses, list, cache } = this.#conversations;
    return {
      // A visitor who writes nothing gets no row: every page view of an old front-end starts such a chat.
      newChat: ({ clientId: address, username }) => addresses.noteName(address, username),
      incomingMessage: (event) => {
        const message = liveMessage(event, { from: event.from, senderType: 'CLIENT' });
        addresses.whenKnown(event.from, (clientId) => this.#takeVisitorMessage(clientId, event.from, message));
      },
      operatorBroadcast: (event) => {
        const { clientId: address, operatorId, operatorName } = event;
        const message = liveMessage(event, { from: address, senderType: 'OPERATOR', operatorId, operatorName });
        addresses.whenFound(address, (clientId) => {
          cache.peek(clientId)?.feed.message(message);
          this.#showInList(clientId, message);
        });
      },
      clientTyping: ({ from, isTyping }) => {
        const clientId = addresses.find(from);
        if (clientId === undefined || list.isBlocked(clientId)) return;
        list.typing(clientId, isTyping);
        cache.peek(clientId)?.feed.typing(isTyping ? (list.summaryOf(clientId)?.username ?? '…') : null);
      },
      chatEnded: ({ clientId: address }) => addresses.whenFound(address, (clientId) => this.#takeEnd(clientId, address)),
      conversationChanged: (hint) => this.#takeHint(hint),
      messagesSeen: (hint) => {
        const clientId = addresses.find(hint.clientId);
        if (clientId === undefined) {
          list.noteUnknown(hint.clientId);
          return;
        }
        cache.peek(clientId)?.sync.hintSeen(hint);
        // A colleague has read it: the number of unread messages changes.
        if (hint.by === 'operator' && hint.readSeq > (list.readSeq(clientId) ?? 0)) list.want(clientId);
      },
      resync: withJitter(effects, this.#catchUp),
      error: (error) => effects.note('relay: refused', error),
      operatorMessage: null,
      operatorTyping: null,
      operatorActivity: null,
    };
  }

  /** Ignores blocked visitors: a relay that was started since the block accepts their token until it expires. */
  #takeVisitorMessage(clientId: number, address: string, message: LiveMessage): void {
    const { list, cache, fallback } = this.#conversations;
    if (list.isBlocked(clientId)) return;
    list.typing(clientId, false);
    fallback.watch(clientId, address, message);
    cache.get(clientId).feed.message(message);
    this.#showInList(clientId, message);
  }

  #showInList(clientId: number, content: LiveMessage): void {
    const { effects, clock } = this.#context;
    const { list, cache } = this.#conversations;
    // It was fetched before the relay brought it.
    if (cache.peek(clientId)?.sync.hasSaved(content) === true) list.want(clientId);
    else list.apply(clientId, { type: 'message', content, receivedAt: effects.now(), arrivedAt: new Date(clock.now()).toISOString() });
  }

  #takeEnd(clientId: number, address: string): void {
    const { clock, http, effects } = this.#context;
    const { list, cache } = this.#conversations;
    if (list.isBlocked(clientId)) return;
    const at = new Date(clock.now()).toISOString();
    list.typing(clientId, false);
    list.apply(clientId, { type: 'ended', at });
    list.want(clientId);
    cache.peek(clientId)?.feed.end(at);
    if (OWN_ADDRESS.test(address)) return;
    // An old front-end ends the chat on the relay only; the console saves that.
    http.request('POST /api/chat/end', { body: { clientId } }).catch((error: unknown) => effects.note('end not saved', error));
  }

  #takeHint({ clientId: address, lastSeq, visitorChanged, what }: RelayPayloads['conversationChanged']): void {
    const { list, addresses } = this.#conversations;
    const clientId = addresses.find(address);
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
