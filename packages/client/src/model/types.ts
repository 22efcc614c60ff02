import type { BodyType, MessageBody, MessagesPage, StartSessionResponse } from '@switchboard/protocol/types';

import type { ConversationSummary, ListView } from './list-types.ts';

export type { ConversationSummary, ListView };

/** How far an own message has come. `sent` only once the database has it; `delivered` and `read` as the other side's browser reports them. */
export type MessageStatus = 'sending' | 'sent' | 'delivered' | 'read' | 'failed';

/** A picture of a message. */
export interface TimelineImage {
  /** A `blob:` URL of this page until the upload is done; null where there is no address to show it from. */
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
   * The message key, or for a live message of an old front-end one derived from its content. Stable for ever, unless the server takes it for another
   * message's. Of one side alone: `messageId` tells messages apart.
   */
  readonly key: string;
  readonly senderType: 'CLIENT' | 'OPERATOR';
  /** Sent from this side by this person (a visitor's own; an operator's own, from any of its tabs). */
  readonly own: boolean;
  readonly operatorId: number | null;
  readonly operatorName: string | null;
  /** Keeps its identity while it says the same. */
  readonly body: MessageBody<TimelineImage>;
  /** ISO-8601. */
  readonly createdAt: string;
  /** Its number in the database, null until it is known to be there. */
  readonly seq: number | null;
  /** Null for messages that are not own, unless this console should have saved a visitor's and the server has refused it for good: that is `failed`. */
  readonly status: MessageStatus | null;
  /** Why it is not sent, for status `failed`: a `ProblemKey`, or a sentence of an older build. */
  readonly failure: string | null;
  /** 0 to 1 while its image is on the way up, null otherwise. */
  readonly uploadProgress: number | null;
}

/**
 * `connecting`: not yet connected since the page opened; `checking`: connected, and asking whether that is still true because the browser says that the
 * network is gone; `reconnecting`: was connected, and is trying again; `offline`: the browser says there is no network.
 */
export type ConnectionState = 'connecting' | 'connected' | 'checking' | 'reconnecting' | 'offline';

/** What both sides show of the lines. */
export interface ConnectivitySnapshot {
  readonly connection: ConnectionState;
  /** There has been no live connection for so long (some seconds) that people should be told, whether or not there ever was one. */
  readonly noLiveConnection: boolean;
  /** Messages are not getting into the database at the moment: they are kept here and tried again. */
  readonly savesFailing: boolean;
  /** The outbox can't be written to disk (private mode, full quota): messages survive as long as this page only. */
  readonly outboxVolatile: boolean;
}

/** One conversation, as complete as it is known here. */
export interface ConversationSnapshot {
  /** Oldest first. */
  readonly messages: readonly TimelineMessage[];
  /** `ready` once the newest page has been fetched; `failed` when that failed and nothing is cached (it is tried again by itself); `missing`: there is no such conversation. */
  readonly history: 'loading' | 'ready' | 'failed' | 'missing';
  readonly hasOlder: boolean;
  readonly loadingOlder: boolean;
  /** Name of whoever types on the other side, null when nobody does. */
  readonly peerTyping: string | null;
  /** The visitor ended the conversation at this time, ISO-8601. */
  readonly endedAt: string | null;
  /** The server says that this visitor is blocked (a visitor's side alone is told so). */
  readonly blocked: boolean;
  /** It is on the screen (`setOpen`), and `firstUnreadKey` says where what was unread then begins. */
  readonly opened: boolean;
  /** Key of the first message that was unread when this conversation was opened, or that has come out of sight since: where the "new" divider goes. */
  readonly firstUnreadKey: string | null;
  /** `messageId` of the other side's messages that this side has not seen yet, in the order of `messages`. */
  readonly unread: readonly string[];
}

/** Where the log of an open conversation stands. Messages are named by `messageId`; only those of `unread` matter. */
export interface LogView {
  /** In the viewport now. */
  readonly inView: readonly string[];
  /** In the log, above or below the viewport. */
  readonly outOfView: readonly string[];
  /** It stands at its end and stays there: what arrives there comes into view. */
  readonly following: boolean;
}

/** A message of the other side that arrived just now (told once per message; never for history). */
export interface ArrivedMessage {
  readonly clientId: number;
  readonly message: TimelineMessage;
  /** It arrives in view in this page while somebody looks. */
  readonly seen?: boolean;
}

/** What goes with a picture. */
export interface ImageDetails {
  /** Said with it, in the same message; none when empty. */
  readonly text?: string;
  /** Pixels, where they are known: its place is then right before the server has seen it. */
  readonly width?: number;
  readonly height?: number;
}

/** What a view and its conversation do to one another, for visitors and operators alike. */
export interface ConversationHandle {
  getSnapshot(): ConversationSnapshot;
  /** Calls `listener` after every change of the snapshot; returns how to stop. Snapshots are immutable and keep their identity while unchanged. */
  subscribe(listener: () => void): () => void;
  /**
   * Takes the message into the outbox and shows it as `sending`. Resolves when it is kept. Rejects, and nothing is kept, when it is invalid (`ChatError`
   * `invalid_request`, for instance empty or too long) or the conversation is being ended (`conflict`).
   */
  sendText(text: string): Promise<void>;
  /** The same for an image, with what is said to it. Rejects with `ChatError` `unsupported_type` or `too_large`, too, before anything is sent. */
  sendImage(file: Blob, name: string, details?: ImageDetails): Promise<void>;
  /** Bytes that an image may have in this installation. */
  readonly maxImageBytes: number;
  /** Tries a `failed` message again at once. */
  retry(message: Pick<TimelineMessage, 'senderType' | 'key'>): void;
  /**
   * Drops a message that is `failed` or `sending`; what is on its way up is called off. One that the database turns out to have already is shown as what
   * it is: sent.
   */
  discard(message: Pick<TimelineMessage, 'senderType' | 'key'>): Promise<void>;
  /** The picture of this message can't be loaded; its address may have run out. The next snapshot has a fresh one, if there is one to be had. */
  renewPicture(message: Pick<TimelineMessage, 'senderType' | 'key'>): void;
  /** Call on every key press in the input (and with false when it is emptied or left); repeats and stops are handled here. */
  setTyping(isTyping: boolean): void;
  /** Whether the conversation is on the screen, looked at or not. Opening it settles where the "new" divider goes. */
  setOpen(open: boolean): void;
  /** Whether a person looks at it: it is open, the page is visible and has the focus. */
  setVisible(visible: boolean): void;
  /** What the log shows now. An unread message counts as read after a second in view of a person who looks, and in no other way. */
  setView(view: LogView): void;
  loadOlder(): Promise<void>;
}

/** What the visitor has typed into the form, and where from. */
export interface VisitorForm {
  readonly username: string;
  readonly phone?: string;
  readonly email?: string;
  readonly pageUrl?: string;
  readonly locale?: string;
}

/** Something that a visitor had sent when its conversation was ended, and that nobody has got. */
export interface UnsentMessage {
  readonly key: string;
  readonly type: BodyType;
  /** Its words, null for none. */
  readonly text: string | null;
}

export interface VisitorSnapshot extends ConnectivitySnapshot {
  /** `idle`: no conversation yet (show the form); `resuming`: finding the one from before; `active`: there is one. */
  readonly phase: 'idle' | 'resuming' | 'active';
  readonly username: string | null;
  /** Operators' messages not seen yet. */
  readonly unread: number;
  /** While `idle`: the conversation that this page has shown is over, ended here, in another tab or in another browser. */
  readonly ended: boolean;
  /** While `idle`: what the visitor was called whose conversation can't be had any more, though nobody has ended it. */
  readonly formerName: string | null;
  /** The conversation is being ended now, by this tab or another one: nothing is taken meanwhile. */
  readonly ending: boolean;
  /** While `idle`: what was not sent before the last conversation ended. The next one shows it as `failed`. */
  readonly unsentMessages: readonly UnsentMessage[];
  /** An operator has blocked this visitor: nothing is sent or shown until that is taken back, which is found out by itself. */
  readonly blocked: boolean;
}

/** A visitor's side: at most one conversation. */
export interface VisitorChat {
  getSnapshot(): VisitorSnapshot;
  subscribe(listener: () => void): () => void;
  /** Starts a conversation. Rejects with `ChatError` (its `fields` say which field is wrong). */
  start(form: VisitorForm): Promise<void>;
  /** Ends it: sends what waits, tells the operators, keeps it in the database, forgets it here. Rejects, and nothing has happened, when that is not possible. */
  end(): Promise<void>;
  /** The page of the host site that the visitor is on now: operators see it. Told to the server once there is a conversation. */
  setPage(url: string): void;
  /** Drops one of `unsentMessages`. */
  discardUnsentMessage(key: string): Promise<void>;
  /** The conversation, undefined unless `phase` is `active`. */
  readonly conversation: ConversationHandle | undefined;
  onArrival(listener: (arrived: ArrivedMessage) => void): () => void;
  close(): void;
}

export interface OperatorSnapshot extends ConnectivitySnapshot {
  readonly view: ListView;
  /** The rows of the view in its order, as far as they are loaded; and the conversation that somebody looks at, if it was among them when it was opened. */
  readonly conversations: readonly ConversationSummary[];
  /** The view has more rows: `loadMore` brings them. */
  readonly hasMore: boolean;
  readonly loadingMore: boolean;
  /** Visitors who wait for an answer, of all that there are. */
  readonly waiting: number;
  /** This operator's own messages, of all conversations, that the server has refused. */
  readonly unsent: number;
  /** As in `ConversationSnapshot.history`, for the list. */
  readonly list: 'loading' | 'ready' | 'failed';
  /**
   * The session ended (signed out elsewhere, deactivated), or another operator has signed in in this browser: nothing goes out until this one signs in
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
  /** Shows another view of the list; `open` is the first. */
  setView(view: ListView): void;
  /** Adds the next rows to the view. Resolves when they are there, however long that takes, or when another view was chosen. */
  loadMore(): Promise<void>;
  /**
   * What the list knows of a conversation, whether the view has it or not; `fetchSummary` asks for it, and listeners are told when it is there. The same
   * object while nothing changes.
   */
  summaryOf(clientId: number): ConversationSummary | undefined;
  fetchSummary(clientId: number): void;
  /**
   * The conversation of a client: the same handle for the same id, as long as somebody has subscribed to it. One that nobody looks at may be let go, and
   * made anew when it is asked for.
   */
  conversation(clientId: number): ConversationHandle;
  /** Shuts a visitor out, or lets it in again. Rejects with `ChatError` when that did not work. */
  setBlocked(clientId: number, blocked: boolean): Promise<void>;
  /**
   * Marks a conversation as done, or reopens it. Rejects with `ChatError`, of code `conflict` when the visitor has written meanwhile, and nothing has
   * happened.
   */
  setDone(clientId: number, done: boolean): Promise<void>;
  onArrival(listener: (arrived: ArrivedMessage) => void): () => void;
  close(): void;
}

/** Where to find the relay; `url` with scheme and host, `path` as `/chat`. */
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
  /** Bytes that an image may have in this installation; the default of `limits.ts` unless the server says otherwise. */
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
