import { Prisma } from '@switchboard/database';
import { UPLOADS_PATH } from '@switchboard/protocol';

import type { Actor } from '../actor.ts';
import type { Context } from '../context.ts';
import { requirePermission } from '../permissions.ts';
import { withDatabase } from '../with-database.ts';

type OwnContext = Pick<Context, 'db' | 'log'>;

/** Up to where uploads have been looked at. */
export interface UploadPosition {
  readonly createdAt: Date;
  readonly id: string;
}

interface Row extends UploadPosition {
  readonly clientId: number;
  readonly storageKey: string;
}

/** Uploads that are looked at in one transaction. */
const BATCH = 100;

/**
 * Removes the rows of uploads from before `before` that no message names: at most 100 are looked at, in the order of their time, after `after`. One that
 * a message is being saved with at this moment is left as it is; a message that comes later is refused.
 *
 * @returns where the removed images are stored, and the position to go on from; undefined when there are no more
 * @throws ChatError `forbidden` for everybody but the installation, `unavailable`
 */
export async function removeUnusedUploads(
  ctx: OwnContext,
  actor: Actor,
  { before, after }: { readonly before: Date; readonly after?: UploadPosition | undefined },
): Promise<{ storageKeys: string[]; next: UploadPosition | undefined }> {
  requirePermission(actor, 'upload.sweep');
  return await withDatabase(
    ctx,
    async () =>
      await ctx.db.prisma.$transaction(async (tx) => {
        const rows = await lockBatch(tx, before, after);
        // A statement of its own: it sees what was committed before the rows were locked. What comes after that waits for the locks.
        const removed = rows.length === 0 ? [] : await deleteUnused(tx, rows);
        return { storageKeys: removed.map(({ storageKey }) => storageKey), next: rows.length < BATCH ? undefined : rows.at(-1) };
      }),
  );
}

/** Those of these storage keys that a row has. @throws ChatError `forbidden` for everybody but the installation, `unavailable` */
export async function knownStorageKeys(ctx: OwnContext, actor: Actor, storageKeys: readonly string[]): Promise<Set<string>> {
  requirePermission(actor, 'upload.sweep');
  const rows = await withDatabase(
    ctx,
    async () => await ctx.db.prisma.upload.findMany({ where: { storageKey: { in: [...storageKeys] } }, select: { storageKey: true } }),
  );
  return new Set(rows.map(({ storageKey }) => storageKey));
}

/** Rows that somebody else has locked are looked at the next time that the process starts from the beginning. */
async function lockBatch(tx: Prisma.TransactionClient, before: Date, after: UploadPosition | undefined): Promise<Row[]> {
  const from =
    after === undefined
      ? Prisma.empty
      : Prisma.sql`AND ("createdAt", id) > (${after.createdAt.toISOString()}::timestamptz, ${after.id}::uuid)`;
  return await tx.$queryRaw<Row[]>`
    SELECT id, "clientId", "storageKey", "createdAt" FROM "Upload"
    WHERE "createdAt" < ${before.toISOString()}::timestamptz ${from}
    ORDER BY "createdAt", id LIMIT ${BATCH}::int FOR UPDATE SKIP LOCKED`;
}

async function deleteUnused(tx: Prisma.TransactionClient, rows: readonly Row[]): Promise<{ storageKey: string }[]> {
  return await tx.$queryRaw<{ storageKey: string }[]>`
    WITH candidate AS (
      SELECT * FROM unnest(${rows.map(({ id }) => id)}::uuid[], ${rows.map(({ clientId }) => clientId)}::int[]) AS c(id, "clientId")
    ), used AS (
      SELECT DISTINCT m."imageUrl" FROM "ChatMessage" m
      WHERE m."clientId" IN (SELECT "clientId" FROM candidate)
        AND m."imageUrl" IN (SELECT ${UPLOADS_PATH} || id FROM candidate)
    )
    DELETE FROM "Upload" u USING candidate c
    WHERE u.id = c.id AND NOT EXISTS (SELECT FROM used WHERE used."imageUrl" = ${UPLOADS_PATH} || c.id)
    RETURNING u."storageKey"`;
}
