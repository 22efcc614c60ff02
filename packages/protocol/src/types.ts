/** Everything of the wire that is only a type: importing from here costs nothing at run time. */
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
  ChatView,
  MarkDoneResponse,
  MessagesPage,
  MessageView,
  NewMessage,
  Receipts,
  ReceiptsResponse,
  RecentChat,
  RecentChatsResponse,
  SavedMessage,
  SaveMessagesResponse,
  StartSessionResponse,
  Timings,
  TokenResponse,
  UploadResponse,
  VisitedPage,
} from './http.ts';
export type { RelayClaims } from './claims.ts';
