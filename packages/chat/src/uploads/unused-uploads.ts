import { Prisma } from '@switchboard/database';
import { UPLOADS_PATH } from '@switchboard/protocol';

import type { Actor } from '../actor.ts';
import type { Context } from '../context.ts';
import { requirePermission } from '../permissions.ts';
import { withDatabase } from '../with-database.ts';

type OwnContext = Pick<Context, 'db' | 'log'>;

/** The last upload that has been examined. */
export interface UploadPosition {
  readonly createdAt: Date;
  readonly id: string;
}

interface Row extends UploadPosition {
  readonly clientId: number;
  readonly storageKey: string;
}

/** Uploads that one transaction examines. */
const BATCH = 100;

/**
 * Removes the rows of uploads older than `before` that no message names. Examines at most 100, by time, after the position `after`. An upload whose message is
 * being saved stays; a message that names a removed upload is refused.
 *
 * @returns the storage keys of the removed images, and the position to continue from, undefined when there are no more uploads
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
        // A separate statement, so that it sees everything committed before the rows were locked. Later saves wait for the locks.
        const removed = rows.length === 0 ? [] : await deleteUnused(tx, rows);
        return { storageKeys: removed.map(({ storageKey }) => storageKey), next: rows.length < BATCH ? undefined : rows.at(-1) };
      }),
  );
}

/** Which of these storage keys have a row. @throws ChatError `forbidden` for everybody but the installation, `unavailable` */
export async function knownStorageKeys(ctx: OwnContext, actor: Actor, storageKeys: readonly string[]): Promise<Set<string>> {
  requirePermission(actor, 'upload.sweep');
  const rows = await withDatabase(
    ctx,
    async () => await ctx.db.prisma.upload.findMany({ where: { storageKey: { in: [...storageKeys] } }, select: { storageKey: true } }),
  );
  return new Set(rows.map(({ storageKey }) => storageKey));
}

/** Skips rows that another transaction has locked; the next sweep from the beginning examines them. */
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
