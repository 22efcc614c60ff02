import { Prisma } from '@switchboard/database';
import {
  DEFAULT_CHATS_PAGE,
  invalidField,
  MAX_RECENT_CHATS,
  type ConversationFilters,
  type ConversationView,
  type RecentChat,
  type UnchangedChat,
} from '@switchboard/protocol';

import { requirePermission } from '../permissions.ts';
import { clientsSeenBy } from '../visible.ts';
import type { Actor, OperatorActor } from '../actor.ts';
import { readListRows, type KnownVersions, type Listed } from './chat-rows.ts';
import type { Context } from '../context.ts';
import { countWaiting } from './count-unanswered.ts';
import { lookups, passes } from './filters.ts';
import { settleWaitingChats } from './settle-waiting.ts';
import { viewsOf, type Part } from './views.ts';
import { withDatabase } from '../with-database.ts';

/**
 * `cursor` is the `nextCursor` of the page before; `limit` is `DEFAULT_CHATS_PAGE` unless given, and capped at `MAX_RECENT_CHATS`; `known` are the versions of
 * the rows that the caller has. The filters leave only some conversations of the view; the view `team` needs the one of its name.
 */
export interface ViewQuery extends ConversationFilters {
  readonly view: ConversationView;
  readonly cursor?: string | undefined;
  readonly limit?: number | undefined;
  readonly known?: KnownVersions | undefined;
  /** Whether to count those who wait, whatever the page and the view. */
  readonly countsWaiting?: boolean | undefined;
}

export interface ViewPage {
  /** `UnchangedChat` takes the place of a row that is known in its newest version. */
  chats: (RecentChat | UnchangedChat)[];
  /** Null on the last page. */
  nextCursor: string | null;
  /** How many visitors wait in all, if asked for. */
  waiting?: number;
}

/** Where a row stands in its part. */
interface Place {
  readonly id: number;
  readonly at: Date;
}
type ListedPlace = Place & Listed;

/**
 * One page of a view, in the order of `viewsOf`. Each visitor who waits during the reading of all pages is on exactly one of them. A visitor who is answered
 * during it may appear twice: the second time among those who do not wait.
 *
 * @throws ChatError `unauthenticated`, `forbidden` for everybody but operators, `invalid_request` for a cursor that is none of this view
 */
export async function listView(ctx: Context, actor: Actor, query: ViewQuery): Promise<ViewPage> {
  const operator = requirePermission(actor, 'conversation.list');
  const limit = Math.max(1, Math.min(query.limit ?? DEFAULT_CHATS_PAGE, MAX_RECENT_CHATS));
  const parts = viewsOf(operator)[query.view];
  const filters = passes(query, lookups(operator));
  const start = query.cursor === undefined ? { part: 0 } : placeOf(query.cursor, parts);
  return await withDatabase(ctx, async () => {
    await settleWaitingChats(ctx);
    const places = new Map<number, { readonly part: Part; readonly place: ListedPlace }>();
    let after = start.after;
    for (const part of parts.slice(start.part)) {
      // One more than asked for shows whether there is another page.
      for (const place of await placesIn(ctx, operator, { part, filters, after, limit: limit + 1 - places.size }))
        if (!places.has(place.id)) places.set(place.id, { part, place });
      after = undefined;
      if (places.size > limit) break;
    }
    const shown = [...places.values()].slice(0, limit);
    const last = shown.at(-1);
    const [chats, waiting] = await Promise.all([
      readListRows(
        ctx,
        operator,
        shown.map(({ place }) => place),
        query.known,
      ),
      query.countsWaiting === true ? countWaiting(ctx, operator) : undefined,
    ]);
    const nextCursor = places.size <= limit || last === undefined ? null : cursorOf(last.part, last.place);
    return { chats, nextCursor, ...(waiting === undefined ? {} : { waiting: waiting.count }) };
  });
}

/** Which places of a part: after one, or the first. */
interface PlacesQuery {
  readonly part: Part;
  readonly filters: Prisma.Sql;
  readonly after: Place | undefined;
  readonly limit: number;
}

async function placesIn(ctx: Context, operator: OperatorActor, { part, filters, after, limit }: PlacesQuery): Promise<ListedPlace[]> {
  const { rows, column, newestFirst } = part;
  const [beyond, order] = newestFirst ? [Prisma.sql`<`, Prisma.sql`DESC`] : [Prisma.sql`>`, Prisma.sql`ASC`];
  const rest =
    after === undefined
      ? Prisma.empty
      : Prisma.sql`AND (${column}, c.id) ${beyond} (${after.at.toISOString()}::timestamptz, ${after.id}::int)`;
  return await ctx.db.prisma.$queryRaw<ListedPlace[]>`
    SELECT c.id, c.version, ${column} AS at FROM ${clientsSeenBy(operator)} WHERE ${rows} AND ${filters} ${rest} ORDER BY ${column} ${order}, c.id ${order} LIMIT ${limit}::int`;
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
