/** Everything of the wire that is only a type: importing from here costs nothing at run time. */
export type { ChatView, MarkDoneResponse, RecentChat, RecentChatsResponse, VisitedPage } from './chats.ts';
export type { ErrorCode, WireError } from './errors.ts';
export type {
  Acknowledgement,
  HintRequest,
  PeerEventMap,
  PeerEventName,
  PeerInputs,
  PeerPayloads,
  RelayEventMap,
  RelayPayloads,
} from './events.ts';
export type {
  BlockVisitorResponse,
  MessagesPage,
  MessageView,
  NewMessage,
  Receipts,
  ReceiptsResponse,
  SavedMessage,
  SaveMessagesResponse,
  StartSessionResponse,
  Timings,
  TokenResponse,
  UploadResponse,
} from './http.ts';
export type { RelayClaims } from './claims.ts';
