import type { DraftView } from '@switchboard/protocol';

import type { Actor } from '../actor.ts';
import type { Context } from '../context.ts';
import { requirePermission } from '../permissions.ts';
import { readClient } from '../visible.ts';
import { withDatabase } from '../with-database.ts';
import { presentDraft, type DraftRow } from './draft.ts';

/** `version`: larger than that of the draft that this one replaces. An empty text removes the draft's text. */
export interface NewDraft {
  readonly clientId: number;
  readonly kind: 'reply' | 'note';
  readonly text: string;
  readonly version: number;
}

/** Whether it was saved, and what is stored now. */
export interface SavedDraft {
  applied: boolean;
  draft: DraftView;
}

/**
 * Saves what an operator has begun to write. Of concurrent requests that with the largest version wins, whatever their order: one that comes late changes nothing
 * and answers what is stored, also after the text was removed.
 *
 * @throws ChatError `unauthenticated`, `forbidden` for everybody but operators, `not_found`
 */
export async function saveDraft(ctx: Context, actor: Actor, { clientId, kind, text, version }: NewDraft): Promise<SavedDraft> {
  const operator = requirePermission(actor, 'draft.save');
  return await withDatabase(ctx, async () => {
    const { prisma } = ctx.db;
    const { id } = await readClient(prisma, operator, clientId);
    const { userId } = operator;
    const [saved] = await prisma.$queryRaw<DraftRow[]>`
      INSERT INTO "Draft" ("userId", "clientId", kind, text, version, "updatedAt")
      VALUES (${userId}::int, ${id}::int, ${kind}, ${text}, ${version}::int, ${ctx.clock().toISOString()}::timestamptz)
      ON CONFLICT ("userId", "clientId", kind) DO UPDATE SET text = EXCLUDED.text, version = EXCLUDED.version, "updatedAt" = EXCLUDED."updatedAt"
        WHERE "Draft".version < EXCLUDED.version
      RETURNING "clientId", kind, text, version, "updatedAt"`;
    if (saved !== undefined) return { applied: true, draft: presentDraft(saved) };
    const where = { userId_clientId_kind: { userId, clientId: id, kind } };
    return { applied: false, draft: presentDraft(await prisma.draft.findUniqueOrThrow({ where })) };
  });
}
