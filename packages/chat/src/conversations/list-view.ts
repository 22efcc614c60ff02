import { Prisma } from '@switchboard/database';
import {
  DEFAULT_CHATS_PAGE,
  invalidField,
  MAX_RECENT_CHATS,
  type ChatView,
  type RecentChat,
  type UnchangedChat,
} from '@switchboard/protocol';

import { requirePermission } from '../permissions.ts';
import { clientsSeenBy } from '../visible.ts';
import type { Actor, OperatorActor } from '../actor.ts';
import { readListRows, type KnownVersions, type Listed } from './chat-rows.ts';
import type { Context } from '../context.ts';
import { countWaiting } from './count-unanswered.ts';
import { settleWaitingChats } from './settle-waiting.ts';
import { IS_OPEN_NOT_WAITING, IS_WAITING } from './who-waits.ts';
import { withDatabase } from '../with-database.ts';

/**
 * `cursor` is the `nextCursor` of the page before; `limit` is `DEFAULT_CHATS_PAGE` unless given, and capped at `MAX_RECENT_CHATS`; `known` are the versions of
 * the rows that the caller has.
 */
export interface ViewQuery {
  readonly view: ChatView;
  readonly cursor?: string | undefined;
  readonly limit?: number | undefined;
  readonly known?: KnownVersions | undefined;
}

/** `waiting`: how many visitors wait in all, whatever the page. */
export interface ViewPage {
  /** `UnchangedChat` takes the place of a row that is known in its newest version. */
  chats: (RecentChat | UnchangedChat)[];
  /** Null on the last page. */
  nextCursor: string | null;
  waiting: number;
}

/** An ordered part of a view. Its index holds just its rows, in this order. */
interface Part {
  /** Begins the cursors of this part. */
  readonly letter: string;
  readonly rows: Prisma.Sql;
  readonly column: Prisma.Sql;
  readonly newestFirst: boolean;
}

const WAITING: Part = { letter: 'w', rows: IS_WAITING, column: Prisma.sql`c."waitingSince"`, newestFirst: false };
const NOT_WAITING: Part = { letter: 'r', rows: IS_OPEN_NOT_WAITING, column: Prisma.sql`c."lastActivityAt"`, newestFirst: true };
const DONE: Part = { letter: 'd', rows: Prisma.sql`c."doneAt" IS NOT NULL`, column: Prisma.sql`c."doneAt"`, newestFirst: true };
const PARTS: Readonly<Record<ChatView, readonly Part[]>> = { waiting: [WAITING], open: [WAITING, NOT_WAITING], done: [DONE] };

/** Where a row stands in its part. */
interface Place {
  readonly id: number;
  readonly at: Date;
}
type ListedPlace = Place & Listed;

/**
 * One page of a view. Visitors who wait are first, longest first; the others are ordered by their newest activity, newest first. Each visitor who waits
 * during the reading of all pages is on exactly one of them. A visitor who is answered during it may appear twice: the second time among those who do not wait.
 *
 * @throws ChatError `unauthenticated`, `forbidden` for everybody but operators, `invalid_request` for a cursor that is none of this view
 */
export async function listView(ctx: Context, actor: Actor, query: ViewQuery): Promise<ViewPage> {
  const operator = requirePermission(actor, 'conversation.list');
  const limit = Math.max(1, Math.min(query.limit ?? DEFAULT_CHATS_PAGE, MAX_RECENT_CHATS));
  const parts = PARTS[query.view];
  const start = query.cursor === undefined ? { part: 0 } : placeOf(query.cursor, parts);
  return await withDatabase(ctx, async () => {
    await settleWaitingChats(ctx);
    const places = new Map<number, { readonly part: Part; readonly place: ListedPlace }>();
    let after = start.after;
    for (const part of parts.slice(start.part)) {
      // One more than asked for shows whether there is another page.
      for (const place of await placesIn(ctx, operator, { part, after, limit: limit + 1 - places.size }))
        if (!places.has(place.id)) places.set(place.id, { part, place });
      after = undefined;
      if (places.size > limit) break;
    }
    const shown = [...places.values()].slice(0, limit);
    const last = shown.at(-1);
    const [chats, { count }] = await Promise.all([
      readListRows(
        ctx,
        operator,
        shown.map(({ place }) => place),
        query.known,
      ),
      countWaiting(ctx, operator),
    ]);
    const nextCursor = places.size <= limit || last === undefined ? null : cursorOf(last.part, last.place);
    return { chats, nextCursor, waiting: count };
  });
}

async function placesIn(
  ctx: Context,
  operator: OperatorActor,
  { part: { rows, column, newestFirst }, after, limit }: { readonly part: Part; readonly after: Place | undefined; readonly limit: number },
): Promise<ListedPlace[]> {
  const [beyond, order] = newestFirst ? [Prisma.sql`<`, Prisma.sql`DESC`] : [Prisma.sql`>`, Prisma.sql`ASC`];
  const rest =
    after === undefined
      ? Prisma.empty
      : Prisma.sql`AND (${column}, c.id) ${beyond} (${after.at.toISOString()}::timestamptz, ${after.id}::int)`;
  return await ctx.db.prisma.$queryRaw<ListedPlace[]>`
    SELECT c.id, c.version, ${column} AS at FROM ${clientsSeenBy(operator)} WHERE ${rows} ${rest} ORDER BY ${column} ${order}, c.id ${order} LIMIT ${limit}::int`;
}

/** A place as the cursor of the next page: part, milliseconds since 1970, id. */
function cursorOf({ letter }: Part, { at, id }: Place): string {
  return `${letter}_${at.getTime()}_${id}`;
}

function placeOf(cursor: string, parts: readonly Part[]): { readonly part: number; readonly after?: Place } {
  const [, letter, at, id] = /^([a-z])_(\d{1,14})_(\d{1,10})$/.exec(cursor) ?? [];
  const part = parts.findIndex((candidate) => candidate.letter === letter);
  if (part === -1) throw invalidField('cursor', 'must be one that this view has answered');
  return { part, after: { at: new Date(Number(at)), id: Number(id) } };
}
