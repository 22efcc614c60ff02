import type {
  BodyType,
  ConversationActionName,
  MessageBody,
  MessagesPage,
  RequestOf,
  StartSessionResponse,
} from '@switchboard/protocol/types';

import type { ConversationSummary, ListView } from './list-types.ts';

export type { ConversationSummary, ListView };

/** Delivery state of a person's own message. `sent` only once the database has it; `delivered` and `read` as the other side's browser reports them. */
export type MessageStatus = 'sending' | 'sent' | 'delivered' | 'read' | 'failed';

/** A picture of a message. */
export interface TimelineImage {
  /** A `blob:` URL of this page until the upload is done; null when there is no URL to load it from. */
  readonly url: string | null;
  readonly name: string | null;
  readonly mimeType: string | null;
  /** Pixels, null when unknown. */
  readonly width: number | null;
  readonly height: number | null;
}

/** One message of a conversation as a view shows it. */
export interface TimelineMessage {
  /**
   * The message key; for a live message of an old front-end, a key derived from its content. It never changes, unless the server reports that another
   * message has it. Unique within one side only: use `messageId` to compare messages.
   */
  readonly key: string;
  readonly senderType: 'CLIENT' | 'OPERATOR';
  /** Sent by this person, from any tab. */
  readonly own: boolean;
  readonly operatorId: number | null;
  readonly operatorName: string | null;
  /** The same object while its content is the same. */
  readonly body: MessageBody<TimelineImage>;
  /** ISO-8601. */
  readonly createdAt: string;
  /** Its number in the database; null until it is known to be saved. */
  readonly seq: number | null;
  /** Null for other people's messages. Exception: `failed` for a visitor's message that this console was to save and that the server has refused for good. */
  readonly status: MessageStatus | null;
  /** Why the message was not sent, for status `failed`: a `ProblemKey`, or a sentence that an older build has stored. */
  readonly failure: string | null;
  /** 0 to 1 while its image is being uploaded, null otherwise. */
  readonly uploadProgress: number | null;
}

/**
 * `connecting`: not connected yet since the page opened; `checking`: connected, but the browser reports that the network is gone, so the relay is asked
 * for an answer; `reconnecting`: was connected and is trying again; `offline`: the browser reports that there is no network.
 */
export type ConnectionState = 'connecting' | 'connected' | 'checking' | 'reconnecting' | 'offline';

/** What both sides show about the connection to the relay and about saving. */
export interface ConnectivitySnapshot {
  readonly connection: ConnectionState;
  /** There has been no live connection for some seconds: long enough to show it. */
  readonly noLiveConnection: boolean;
  /** Messages cannot be saved at the moment: the outbox keeps and retries them. */
  readonly savesFailing: boolean;
  /** The outbox can't be written to disk (private mode, full quota): unsent messages are lost when the page is closed. */
  readonly outboxVolatile: boolean;
}

/** One conversation, as far as it is loaded. */
export interface ConversationSnapshot {
  /** Oldest first. */
  readonly messages: readonly TimelineMessage[];
  /** `ready` once the newest page is loaded; `failed`: that failed and nothing is cached (retried automatically); `missing`: there is no such conversation. */
  readonly history: 'loading' | 'ready' | 'failed' | 'missing';
  readonly hasOlder: boolean;
  readonly loadingOlder: boolean;
  /** Name of the person who is typing on the other side, null when nobody is. */
  readonly peerTyping: string | null;
  /** The visitor ended the conversation at this time, ISO-8601. */
  readonly endedAt: string | null;
  /** The server refuses this visitor because they are blocked. Only set on the visitor's side. */
  readonly blocked: boolean;
  /** The conversation is on the screen (`setOpen`), and `firstUnreadKey` is known. */
  readonly opened: boolean;
  /** Key of the first message that was unread when the conversation was opened, or that arrived out of view since: the "new" divider goes before it. */
  readonly firstUnreadKey: string | null;
  /** `messageId` of the other side's messages that this side has not seen yet, in the order of `messages`. */
  readonly unread: readonly string[];
}

/** The scroll state of an open conversation's log. Messages are identified by `messageId`; only unread ones are listed. */
export interface LogView {
  /** In the viewport now. */
  readonly inView: readonly string[];
  /** In the log, above or below the viewport. */
  readonly outOfView: readonly string[];
  /** The log is at its end and follows it: new messages at the end come into view. */
  readonly following: boolean;
}

/** A message of the other side that has just arrived (reported once per message, never for history). */
export interface ArrivedMessage {
  readonly clientId: number;
  readonly message: TimelineMessage;
  /** It appears in view in this page while somebody is looking. */
  readonly seen?: boolean;
}

/** Details that are sent with a picture. */
export interface ImageDetails {
  /** The caption, sent in the same message; none when empty. */
  readonly text?: string;
  /** Pixels, if known: the message has its final size before the server has decoded the picture. */
  readonly width?: number;
  readonly height?: number;
}

/** How a view uses a conversation, for visitors and operators alike. */
export interface ConversationHandle {
  getSnapshot(): ConversationSnapshot;
  /** Calls `listener` after every change of the snapshot; returns a function that unsubscribes. Snapshots are immutable and the same object while unchanged. */
  subscribe(listener: () => void): () => void;
  /**
   * Adds the message to the outbox and shows it as `sending`. Resolves when it is stored. Rejects, and stores nothing, when it is invalid (`ChatError`
   * `invalid_request`, for instance empty or too long) or the conversation is being ended (`conflict`).
   */
  sendText(text: string): Promise<void>;
  /** The same for an image with an optional caption. Also rejects with a `ProblemError` for a file that is no picture or too large, before anything is sent. */
  sendImage(file: Blob, name: string, details?: ImageDetails): Promise<void>;
  /** The largest image that this installation accepts, in bytes. */
  readonly maxImageBytes: number;
  /** Tries a `failed` message again at once. */
  retry(message: Pick<TimelineMessage, 'senderType' | 'key'>): void;
  /**
   * Discards a message that is `failed` or `sending` and cancels its upload. If the database turns out to have it already, it is shown as sent.
   */
  discard(message: Pick<TimelineMessage, 'senderType' | 'key'>): Promise<void>;
  /** The picture of this message failed to load; its URL may have expired. A later snapshot has a new URL, if the server provides one. */
  renewPicture(message: Pick<TimelineMessage, 'senderType' | 'key'>): void;
  /** Call it on every key press in the input, and with false when the input is emptied or left. Repeating and stopping the signal is handled here. */
  setTyping(isTyping: boolean): void;
  /** Whether the conversation is on the screen, with or without a person looking. Opening it places the "new" divider. */
  setOpen(open: boolean): void;
  /** Whether a person is looking: the conversation is open, and the page is visible and has the focus. */
  setVisible(visible: boolean): void;
  /** What the log shows now. An unread message counts as read only after a second in view while a person is looking. */
  setView(view: LogView): void;
  loadOlder(): Promise<void>;
}

/** What the visitor has typed into the form, the page they are on, and the key of the inbox that it names. */
export interface VisitorForm {
  readonly username: string;
  readonly phone?: string;
  readonly email?: string;
  readonly pageUrl?: string | undefined;
  readonly locale?: string;
  readonly inbox?: string | undefined;
}

/** A message that was not delivered before its conversation ended. */
export interface UnsentMessage {
  readonly key: string;
  readonly type: BodyType;
  /** Its text, null when it has none. */
  readonly text: string | null;
}

export interface VisitorSnapshot extends ConnectivitySnapshot {
  /** `idle`: no conversation (show the form); `resuming`: loading an earlier conversation; `active`: there is one. */
  readonly phase: 'idle' | 'resuming' | 'active';
  readonly username: string | null;
  /** Operators' messages not seen yet. */
  readonly unread: number;
  /** While `idle`: the conversation that this page has shown has ended, in this tab, another tab or another browser. */
  readonly ended: boolean;
  /** While `idle`: the visitor's name in a conversation that was lost, not ended; null otherwise. */
  readonly formerName: string | null;
  /** The conversation is being ended by this tab or another one: messages are refused meanwhile. */
  readonly ending: boolean;
  /** While `idle`: messages that were not sent before the last conversation ended. The next conversation shows them as `failed`. */
  readonly unsentMessages: readonly UnsentMessage[];
  /** An operator has blocked this visitor: nothing is sent or shown until they are unblocked, which is detected automatically. */
  readonly blocked: boolean;
}

/** A visitor's side: at most one conversation. */
export interface VisitorChat {
  getSnapshot(): VisitorSnapshot;
  subscribe(listener: () => void): () => void;
  /** Starts a conversation. Rejects with a `ChatError` whose `fields` name the invalid fields. */
  start(form: VisitorForm): Promise<void>;
  /**
   * Ends the conversation: sends the waiting messages, notifies the operators, and forgets the conversation in this browser; the database keeps it. Rejects,
   * and changes nothing, when that is not possible.
   */
  end(): Promise<void>;
  /** Sets the page of the host site that the visitor is on. Operators see it; it is reported once there is a conversation. */
  setPage(url: string): void;
  /** Discards one of `unsentMessages`. */
  discardUnsentMessage(key: string): Promise<void>;
  /** The conversation, undefined unless `phase` is `active`. */
  readonly conversation: ConversationHandle | undefined;
  onArrival(listener: (arrived: ArrivedMessage) => void): () => void;
  close(): void;
}

export interface OperatorSnapshot extends ConnectivitySnapshot {
  readonly view: ListView;
  /** The loaded rows of the view, in its order; also the conversation on the screen, if it was among them when it was opened. */
  readonly conversations: readonly ConversationSummary[];
  /** The view has more rows: `loadMore` loads them. */
  readonly hasMore: boolean;
  readonly loadingMore: boolean;
  /** Number of all visitors who wait for an answer. */
  readonly waiting: number;
  /** Number of this operator's own messages, in all conversations, that the server has refused. */
  readonly unsent: number;
  /** As in `ConversationSnapshot.history`, for the list. */
  readonly list: 'loading' | 'ready' | 'failed';
  /**
   * The session ended (signed out elsewhere, deactivated), or another operator has signed in in this browser: nothing is sent until this operator signs in
   * again.
   */
  readonly signedOut: boolean;
  /** While `signedOut`: another operator is signed in here. */
  readonly somebodyElse: boolean;
}

/** An operator's side: every conversation. */
export interface OperatorChat {
  getSnapshot(): OperatorSnapshot;
  subscribe(listener: () => void): () => void;
  /** Switches the view of the list; the initial view is `open`. */
  setView(view: ListView): void;
  /** Adds the next rows to the view. Resolves when they are loaded, however long that takes, or when another view was chosen. */
  loadMore(): Promise<void>;
  /**
   * What the list knows about a conversation, in the view or not; `fetchSummary` requests it, and listeners are notified when it is loaded. The same object
   * while nothing changes.
   */
  summaryOf(clientId: number): ConversationSummary | undefined;
  fetchSummary(clientId: number): void;
  /**
   * The conversation of a client: the same handle for the same id while it has subscribers. A handle without subscribers may be closed; the next call creates
   * a new one.
   */
  conversation(clientId: number): ConversationHandle;
  /**
   * Calls an endpoint that does something with one conversation, shows what it answers, and fetches the row. Rejects with `ChatError` when that fails, and
   * fetches the row all the same: it shows why.
   */
  perform<N extends ConversationActionName>(name: N, request: RequestOf<N>): Promise<void>;
  /**
   * Marks a conversation as done, or reopens it. Rejects with `ChatError`, and changes nothing, when that fails; the code is `conflict` when the visitor has
   * written meanwhile.
   */
  setDone(clientId: number, done: boolean): Promise<void>;
  onArrival(listener: (arrived: ArrivedMessage) => void): () => void;
  close(): void;
}

/** Address of the relay: `url` with scheme and host, `path` such as `/chat`. */
export interface RelayAddress {
  readonly url: string;
  readonly path: string;
}

/** The part of `localStorage` that is used. */
export interface KeyValueStore {
  getItem(key: string): string | null;
  setItem(key: string, value: string): void;
  removeItem(key: string): void;
}

export interface VisitorChatOptions {
  readonly relay: RelayAddress;
  /** Where the conversation's tokens are kept: the frame's own `localStorage`. */
  readonly storage: KeyValueStore;
  /** The largest image that this installation accepts, in bytes; the default of `limits.ts` unless the server says otherwise. */
  readonly maxImageBytes?: number;
  readonly debug?: boolean;
}

export interface OperatorChatOptions {
  readonly relay: RelayAddress;
  readonly operator: { readonly id: number; readonly name: string };
  /** As for visitors. */
  readonly maxImageBytes?: number;
  readonly debug?: boolean;
}

export type { MessagesPage, StartSessionResponse };
