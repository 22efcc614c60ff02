/** The protocol's types alone: importing from here costs nothing at run time. */
export type { BodyType, MessageBody, MessageType } from './body.ts';
export type { ChangeKind } from './changes.ts';
export type { ChatView, RecentChat, RecentChatsResponse, UnchangedChat, VisitedPage } from './http/chats.ts';
export type { ErrorCode, ErrorParams, WireError } from './errors.ts';
export type { OperatorReason, VisitorReason } from './reasons.ts';
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
  ActivityItem,
  AnswerOf,
  ConversationActionName,
  EndpointName,
  JsonCallName,
  MessagesPage,
  MessageView,
  NewMessage,
  Receipts,
  RequestOf,
  SavedMessage,
  SaveMessagesResponse,
  StartSessionResponse,
  Timings,
  TokenResponse,
  UploadResponse,
} from './http/index.ts';
export type { RelayClaims } from './claims.ts';
