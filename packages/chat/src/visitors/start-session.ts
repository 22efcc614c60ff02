import { conversationNotFound, visitorBlocked } from '../refusals.ts';
import type { Actor } from '../actor.ts';
import { startedEvent } from '../events/write-event.ts';
import { requirePermission } from '../permissions.ts';
import { clientsSeenBy } from '../visible.ts';
import type { Context } from '../context.ts';
import { withDatabase } from '../with-database.ts';

/** The parsed form of the visitor, and the page they are on. */
export interface StartSessionInput {
  readonly username: string;
  readonly phone?: string | undefined;
  readonly email?: string | undefined;
  readonly pageUrl?: string | undefined;
  readonly locale?: string | undefined;
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
}

/**
 * Resumes the conversation of the visitor's token or resume token if it exists and has not ended; begins a new one otherwise. Everybody may call it; an
 * operator who tries the widget is a visitor like any other.
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
  { clientId, sessionId }: ConversationRef,
  input: StartSessionInput,
  extra: StartSessionExtra,
): Promise<StartedSession | undefined> {
  const rows = await ctx.db.prisma.$queryRaw<{ username: string; blockedAt: Date | null }[]>`
    UPDATE "ChatSession" s
    SET "lastSeenAt" = GREATEST(s."lastSeenAt", ${ctx.clock().toISOString()}::timestamptz), "pageUrl" = COALESCE(${input.pageUrl}, s."pageUrl"),
      locale = COALESCE(${input.locale}, s.locale), "userAgent" = COALESCE(${extra.userAgent}, s."userAgent")
    FROM ${clientsSeenBy({ kind: 'visitor', clientId, sessionId })}
    WHERE s.id = ${sessionId}::uuid AND s."clientId" = ${clientId}::int AND c.id = s."clientId"
      AND ((c.status = 'ACTIVE' AND s."endedAt" IS NULL) OR c."blockedAt" IS NOT NULL)
    RETURNING c.username, c."blockedAt"`;
  const [row] = rows;
  // A blocked visitor stays blocked after ending the conversation.
  if (row?.blockedAt != null) throw visitorBlocked();
  return row === undefined ? undefined : { clientId, sessionId, username: row.username, resumed: true };
}

async function begin(ctx: Context, input: StartSessionInput, extra: StartSessionExtra): Promise<StartedSession> {
  const now = ctx.clock();
  const sessionId = ctx.ids();
  const { id, username } = await ctx.db.prisma.client.create({
    data: {
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
  return { clientId: id, sessionId, username, resumed: false };
}
