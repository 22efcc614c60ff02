import { ChatError } from '@switchboard/protocol/errors';
import { DEFAULT_CHATS_PAGE, MAX_RECENT_CHATS } from '@switchboard/protocol/limits';
import type {
  AnswerOf,
  ChatView,
  MessageView,
  Receipts,
  RecentChat,
  RecentChatsResponse,
  UnchangedChat,
} from '@switchboard/protocol/types';

export interface FakeClient {
  readonly id: number;
  readonly sessionId: string;
  readonly username: string;
  address: string;
  rows: MessageView[];
  receipts: Receipts;
  endedAt: string | null;
  blockedAt: string | null;
  waitingSince: string | null;
  doneAt: string | null;
  /** Newest first. */
  pages: { url: string; at: string }[];
  /** The visitor has ended it: its tokens can fetch the last page and nothing else. */
  over: boolean;
  /** When the newest message arrived, not when it was sent. */
  lastActivityAt: string;
  /** Of the row as it was answered last. */
  version: number;
  answered: string;
}

/** The row of a client, with a new version if it is not as it was answered last. One that is requested by id or address includes its pages. */
function chatOf(client: FakeClient, withPages: boolean): RecentChat {
  const content = contentOf(client);
  const { pages, ...shown } = content.client;
  const answered = JSON.stringify({ ...content, client: { ...content.client, lastSeenAt: null } });
  if (client.answered !== answered) client.version += 1;
  client.answered = answered;
  return { ...content, client: { ...shown, ...(withPages ? { pages } : {}) }, version: client.version };
}

function contentOf(client: FakeClient): RecentChat {
  const { receipts, rows } = client;
  return {
    client: {
      id: client.id,
      username: client.username,
      phone: null,
      email: null,
      status: client.endedAt === null ? 'ACTIVE' : 'ENDED',
      address: client.address,
      pageUrl: client.pages[0]?.url ?? null,
      createdAt: new Date(0).toISOString(),
      endedAt: client.endedAt,
      blockedAt: client.blockedAt,
      waitingSince: client.waitingSince,
      doneAt: client.doneAt,
      locale: 'en',
      userAgent: 'Fake/1.0',
      lastSeenAt: client.pages[0]?.at ?? null,
      pageAt: client.pages[0]?.at ?? null,
      pages: structuredClone(client.pages),
    },
    lastMessage: structuredClone(rows.at(-1) ?? null),
    unreadCount: rows.filter((row) => row.senderType === 'CLIENT' && row.seq > receipts.operatorReadSeq).length,
    receipts: { ...receipts },
    lastActivityAt: client.lastActivityAt,
  };
}

const waits = ({ waitingSince, doneAt, blockedAt }: FakeClient) => waitingSince !== null && doneAt === null && blockedAt === null;

/** The sort key of a client in a view, smaller first; it is also the cursor. Null: not in the view. */
function keyOf(view: ChatView, client: FakeClient): string | null {
  const id = String(client.id).padStart(9, '0');
  const newestFirst = (at: string) =>
    `1 ${String(Number.MAX_SAFE_INTEGER - Date.parse(at))} ${String(999_999_999 - client.id).padStart(9, '0')}`;
  if (view === 'done') return client.doneAt === null ? null : newestFirst(client.doneAt);
  if (client.doneAt !== null || client.rows.length === 0) return null;
  if (waits(client)) return `0 ${client.waitingSince ?? ''} ${id}`;
  return view === 'waiting' ? null : newestFirst(client.lastActivityAt);
}

/** `GET /api/chat/recent` as the real server answers it. */
export function recentOf(clients: readonly FakeClient[], query: URLSearchParams): RecentChatsResponse {
  const names = query.get('ids')?.split(',').map(Number);
  const addresses = query.get('addresses')?.split(',');
  if (names !== undefined || addresses !== undefined) {
    const asked = clients.filter(({ id, address }) => names?.includes(id) === true || addresses?.includes(address) === true);
    return { chats: asked.map((client) => chatOf(client, true)) };
  }
  const view = query.get('view') as ChatView | null;
  if (view === null) return { chats: newest(clients, query).map((client) => listedOf(client, query)) };
  const limit = Number(query.get('limit') ?? DEFAULT_CHATS_PAGE);
  const cursor = query.get('cursor') ?? '';
  const found = clients
    .flatMap((client) => ({ client, key: keyOf(view, client) ?? '' }))
    .filter(({ key }) => key > cursor)
    .toSorted((a, b) => (a.key < b.key ? -1 : 1));
  const page = found.slice(0, limit);
  return {
    chats: page.map(({ client }) => listedOf(client, query)),
    nextCursor: found.length > page.length ? (page.at(-1)?.key ?? null) : null,
    counts: { waiting: clients.filter(waits).length },
  };
}

/** `POST /api/chat/done`: `lastSeq` of the newest message that the operator has seen. */
export function markDone(client: FakeClient, body: Record<string, unknown>, now: string): AnswerOf<'POST /api/chat/done'> {
  if (body['done'] === true) {
    if (body['lastSeq'] !== undefined && body['lastSeq'] !== client.rows.length)
      throw new ChatError('conflict', 'There is a new message.', { reason: 'new_message' });
    client.doneAt = now;
    client.waitingSince = null;
  } else {
    client.doneAt = null;
    const answered = client.rows.findLastIndex((row) => row.senderType === 'OPERATOR');
    client.waitingSince = client.rows[answered + 1]?.createdAt ?? null;
  }
  return { doneAt: client.doneAt, waitingSince: client.waitingSince };
}

/** The list as a server of the previous build answers it: it has no views, and returns the newest conversations for every query. */
export function oldRecentOf(clients: readonly FakeClient[], query: URLSearchParams): RecentChatsResponse {
  const known = ({ client, version: _version, ...rest }: RecentChat): RecentChat => {
    const { waitingSince: _w, doneAt: _d, locale: _l, userAgent: _u, lastSeenAt: _s, pageAt: _p, pages: _pages, ...old } = client;
    return { ...rest, client: old };
  };
  return { chats: newest(clients, query).map((client) => known(chatOf(client, false))) };
}

function newest(clients: readonly FakeClient[], query: URLSearchParams): FakeClient[] {
  const sorted = clients.toSorted((a, b) =>
    a.lastActivityAt === b.lastActivityAt ? b.id - a.id : a.lastActivityAt < b.lastActivityAt ? 1 : -1,
  );
  return sorted.slice(0, Number(query.get('limit') ?? MAX_RECENT_CHATS));
}

/** The row, or that the caller has it. */
function listedOf(client: FakeClient, query: URLSearchParams): RecentChat | UnchangedChat {
  const chat = chatOf(client, false);
  if (!(query.get('known') ?? '').split(',').includes(`${client.id}:${client.version}`)) return chat;
  return { clientId: client.id, version: client.version, unchanged: true, lastSeenAt: chat.client.lastSeenAt ?? null };
}
