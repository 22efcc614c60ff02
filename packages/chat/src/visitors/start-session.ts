import { Prisma, type PrismaClient } from '@switchboard/database';
import type { Audience } from '@switchboard/protocol';

import { raiseVersion } from '../conversations/version.ts';
import { conversationNotFound, visitorBlocked } from '../refusals.ts';
import type { Actor } from '../actor.ts';
import { startedEvent } from '../events/write-event.ts';
import { requirePermission } from '../permissions.ts';
import { clientsSeenBy, type Queryable } from '../visible.ts';
import type { Context } from '../context.ts';
import { withDatabase } from '../with-database.ts';

/** The parsed form of the visitor, and the page they are on. */
export interface StartSessionInput {
  readonly username: string;
  readonly phone?: string | undefined;
  readonly email?: string | undefined;
  readonly pageUrl?: string | undefined;
  readonly locale?: string | undefined;
  /** The key of the inbox that the page names. It counts only when a conversation begins. */
  readonly inbox?: string | undefined;
}

/** What the request says apart from the form. `resume` is the content of a verified resume token. */
export interface StartSessionExtra {
  readonly userAgent?: string | undefined;
  readonly resume?: ConversationRef | undefined;
  /** False when the visitor has sent no form: an existing conversation is resumed, and none is begun. */
  readonly mayBegin?: boolean | undefined;
}

interface ConversationRef {
  readonly clientId: number;
  readonly sessionId: string;
}

export interface StartedSession {
  clientId: number;
  /** The visitor's address on the relay. */
  sessionId: string;
  username: string;
  /** True when the conversation existed before. */
  resumed: boolean;
  /** Who may see the conversation. */
  audience: Audience;
}

/**
 * Resumes the conversation of the visitor's token or resume token if it exists and has not ended; begins a new one otherwise. Everybody may call it; an
 * operator who tries the widget is a visitor like any other. A conversation with an unknown inbox belongs to the default one.
 *
 * @throws ChatError `blocked` for a blocked visitor, `not_found` when there is no conversation and `mayBegin` is false, `unavailable`
 */
export async function startSession(
  ctx: Context,
  actor: Actor,
  input: StartSessionInput,
  extra: StartSessionExtra = {},
): Promise<StartedSession> {
  requirePermission(actor, 'session.start');
  const known = actor.kind === 'visitor' ? actor : extra.resume;
  return await withDatabase(ctx, async () => {
    const resumed = known === undefined ? undefined : await resume(ctx, known, input, extra);
    if (resumed === undefined && extra.mayBegin === false) throw conversationNotFound();
    return resumed ?? (await begin(ctx, input, extra));
  });
}

/** The conversation, if it has not ended. Records the page the visitor is on. */
async function resume(
  ctx: Context,
  ref: ConversationRef,
  input: StartSessionInput,
  extra: StartSessionExtra,
): Promise<StartedSession | undefined> {
  const { prisma } = ctx.db;
  const given: Given = { ...input, ...extra, now: ctx.clock().toISOString() };
  // Where nothing that operators see changes but when the visitor was last there, the conversation is not locked.
  const row = (await updateSession(prisma, ref, given, saysTheSame(given))) ?? (await changeSession(prisma, ref, given));
  // A blocked visitor stays blocked after ending the conversation.
  if (row?.blockedAt != null) throw visitorBlocked();
  return row === undefined ? undefined : present(ref, row);
}

function present({ clientId, sessionId }: ConversationRef, { username, teamId, assigneeId }: Resumed): StartedSession {
  return { clientId, sessionId, username, resumed: true, audience: { teamId, assigneeId } };
}

/** What a visitor who comes back says of themselves. `now`: ISO-8601. */
interface Given extends Pick<StartSessionInput, 'pageUrl' | 'locale'>, Pick<StartSessionExtra, 'userAgent'> {
  readonly now: string;
}

/** Columns of the conversation, if it has not ended. */
interface Resumed extends Audience {
  readonly username: string;
  readonly blockedAt: Date | null;
}

/** A condition: the session has just what is given already. */
const saysTheSame = ({ pageUrl, locale, userAgent }: Given) =>
  Prisma.sql`AND s."pageUrl" IS NOT DISTINCT FROM COALESCE(${pageUrl}, s."pageUrl") AND s.locale IS NOT DISTINCT FROM COALESCE(${locale}, s.locale)
    AND s."userAgent" IS NOT DISTINCT FROM COALESCE(${userAgent}, s."userAgent")`;

/** Under the client's row lock, because operators see another version of the conversation afterwards. */
async function changeSession(prisma: PrismaClient, ref: ConversationRef, given: Given): Promise<Resumed | undefined> {
  return await prisma.$transaction(async (tx) => {
    await tx.$queryRaw`SELECT FROM ${clientsSeenBy({ kind: 'visitor', ...ref })} FOR NO KEY UPDATE OF c`;
    const row = await updateSession(tx, ref, given, Prisma.empty);
    if (row !== undefined) await raiseVersion(tx, ref.clientId);
    return row;
  });
}

/** Undefined, without a change, if there is no such open conversation or `condition` (on the session `s`) is false. */
async function updateSession(
  db: Queryable,
  { clientId, sessionId }: ConversationRef,
  { pageUrl, locale, userAgent, now }: Given,
  condition: Prisma.Sql,
): Promise<Resumed | undefined> {
  const [row] = await db.$queryRaw<Resumed[]>`
    UPDATE "ChatSession" s
    SET "lastSeenAt" = GREATEST(s."lastSeenAt", ${now}::timestamptz), "pageUrl" = COALESCE(${pageUrl}, s."pageUrl"),
      locale = COALESCE(${locale}, s.locale), "userAgent" = COALESCE(${userAgent}, s."userAgent")
    FROM ${clientsSeenBy({ kind: 'visitor', clientId, sessionId })}
    WHERE s.id = ${sessionId}::uuid AND s."clientId" = ${clientId}::int AND c.id = s."clientId"
      AND ((c.status = 'ACTIVE' AND s."endedAt" IS NULL) OR c."blockedAt" IS NOT NULL) ${condition}
    RETURNING c.username, c."blockedAt", c."teamId", c."assigneeId"`;
  return row;
}

async function begin(ctx: Context, input: StartSessionInput, extra: StartSessionExtra): Promise<StartedSession> {
  const { inbox: key } = input;
  if (key === undefined) return await insert(ctx, ctx.db.prisma, input, extra, null);
  return await ctx.db.prisma.$transaction(async (tx) => {
    // KEY SHARE: the inbox stays until the transaction ends.
    const [inbox] = await tx.$queryRaw<{ id: number }[]>`SELECT id FROM "Inbox" WHERE key = ${key} FOR KEY SHARE`;
    if (inbox === undefined)
      ctx.log.warn({ inbox: key, page: input.pageUrl }, 'a page names an unknown inbox: its visitors are in the default one');
    return await insert(ctx, tx, input, extra, inbox?.id ?? null);
  });
}

async function insert(
  ctx: Context,
  tx: Pick<PrismaClient, 'client'>,
  input: StartSessionInput,
  extra: StartSessionExtra,
  inboxId: number | null,
): Promise<StartedSession> {
  const now = ctx.clock();
  const sessionId = ctx.ids();
  const { id, username } = await tx.client.create({
    data: {
      inboxId,
      username: input.username,
      phone: input.phone ?? null,
      email: input.email ?? null,
      createdAt: now,
      updatedAt: now,
      lastActivityAt: now,
      activitySeq: 1,
      // An operator who tries the widget is a visitor like any other.
      events: { create: startedEvent({ kind: 'anonymous' }, now) },
      sessions: {
        create: {
          id: sessionId,
          pageUrl: input.pageUrl ?? null,
          ...(input.pageUrl === undefined ? {} : { pages: [{ url: input.pageUrl, at: now.toISOString() }] }),
          locale: input.locale ?? null,
          userAgent: extra.userAgent ?? null,
          startedAt: now,
          lastSeenAt: now,
        },
      },
    },
    select: { id: true, username: true },
  });
  return { clientId: id, sessionId, username, resumed: false, audience: { teamId: null, assigneeId: null } };
}
