import type { RecentChat, RecentChatsResponse } from '@switchboard/protocol/types';

import type { ListState } from './list-row.ts';
import { comparePlaces } from './list-order.ts';
import type { Place } from './list-order.ts';

/** Rows with a version, by client id. A request names them, and the answer leaves out those that have not changed. */
export type KnownRows = ReadonlyMap<number, RecentChat>;

export const NO_ROWS: KnownRows = new Map();

/** The first rows of a view below `from`, `limit` at most. `places`: of the view, in its order. */
export function knownInView(rows: ListState, places: readonly Place[], from: Place | null, limit: number): KnownRows {
  const below = places.filter((place) => from === null || comparePlaces(place, from) > 0);
  return withVersions(
    rows,
    below.slice(0, limit).map(({ clientId }) => clientId),
  );
}

/** The rows with the newest activity, `limit` at most. */
export function knownNewest(rows: ListState, limit: number): KnownRows {
  const newest = [...rows].toSorted(([, { chat: a }], [, { chat: b }]) => (a.lastActivityAt < b.lastActivityAt ? 1 : -1));
  return withVersions(
    rows,
    newest.slice(0, limit).map(([clientId]) => clientId),
  );
}

/** Rows of an older server have no version, nor have those that an event has changed since they were fetched. */
function withVersions(rows: ListState, clientIds: readonly number[]): KnownRows {
  const known = new Map<number, RecentChat>();
  for (const clientId of clientIds) {
    const chat = rows.get(clientId)?.chat;
    if (chat?.version !== undefined) known.set(clientId, chat);
  }
  return known;
}

/** Names the rows in a request. */
export function versionsOf(known: KnownRows): string[] {
  return [...known].map(([clientId, { version }]) => `${clientId}:${version}`);
}

/** The rows of an answer, complete: those that have not changed are taken from `known`. */
export function completeRows(chats: RecentChatsResponse['chats'], known: KnownRows): RecentChat[] {
  return chats.flatMap((chat) => {
    if (!('unchanged' in chat)) return [chat];
    const row = known.get(chat.clientId);
    return row === undefined ? [] : [{ ...row, client: { ...row.client, lastSeenAt: chat.lastSeenAt } }];
  });
}
