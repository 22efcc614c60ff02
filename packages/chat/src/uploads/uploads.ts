import { createHash } from 'node:crypto';

import { isUniqueViolation, type Upload } from '@switchboard/database';

import { requirePermission } from '../permissions.ts';
import { readClient } from '../visible.ts';
import type { Actor } from '../actor.ts';
import type { Context } from '../context.ts';
import { isUuid } from '../uuid.ts';
import { withDatabase } from '../with-database.ts';

/** A stored image. `storageKey` is where its bytes are, `width` and `height` are pixels, `size` bytes. */
export interface NewUpload {
  readonly clientId?: number | undefined;
  /** A UUID that the sender makes once for an image and sends with each try. */
  readonly uploadKey?: string | undefined;
  readonly storageKey: string;
  readonly name: string;
  readonly mimeType: string;
  readonly width: number;
  readonly height: number;
  readonly size: number;
}

/**
 * The actor's earlier upload into this conversation with this key; undefined when there is none, or no key. Called before the image is processed, so that an
 * actor who may not store one is refused early.
 *
 * @throws ChatError as `recordUpload`
 */
export async function findEarlierUpload(
  ctx: Context,
  actor: Actor,
  { clientId, uploadKey }: Pick<NewUpload, 'clientId' | 'uploadKey'>,
): Promise<Upload | undefined> {
  requirePermission(actor, 'upload.add');
  return await withDatabase(ctx, async () => {
    const { id } = await readClient(ctx.db.prisma, actor, clientId);
    if (uploadKey === undefined) return undefined;
    return (await ctx.db.prisma.upload.findUnique({ where: { id: keyedId(actor, id, uploadKey) } })) ?? undefined;
  });
}

/**
 * Records an image that was stored for a conversation. Its canonical path is `UPLOADS_PATH` and the id. With an `uploadKey` the first upload counts: a later one
 * is answered with it, and `created` is false.
 *
 * @throws ChatError as `clientMeant`, and `not_found`
 */
export async function recordUpload(ctx: Context, actor: Actor, upload: NewUpload): Promise<{ row: Upload; created: boolean }> {
  requirePermission(actor, 'upload.add');
  return await withDatabase(ctx, async () => {
    const client = await readClient(ctx.db.prisma, actor, upload.clientId);
    const id = upload.uploadKey === undefined ? ctx.ids() : keyedId(actor, client.id, upload.uploadKey);
    const { storageKey, name, mimeType, width, height, size } = upload;
    const uploadedById = actor.kind === 'operator' ? actor.userId : null;
    const data = { id, clientId: client.id, uploadedById, storageKey, name, mimeType, width, height, size, createdAt: ctx.clock() };
    try {
      return { row: await ctx.db.prisma.upload.create({ data }), created: true };
    } catch (error) {
      const first = isUniqueViolation(error) ? await ctx.db.prisma.upload.findUnique({ where: { id } }) : null;
      if (first === null) throw error;
      return { row: first, created: false };
    }
  });
}

/** An id made from conversation, uploader and key, so that a key finds only the uploader's own upload. */
function keyedId(actor: Actor, clientId: number, uploadKey: string): string {
  const uploader = actor.kind === 'operator' ? `operator ${actor.userId}` : 'visitor';
  const hash = createHash('sha256').update(`${clientId} ${uploader} ${uploadKey.toLowerCase()}`).digest('hex');
  // Formatted as a custom UUID (RFC 9562, version 8).
  return [hash.slice(0, 8), hash.slice(8, 12), `8${hash.slice(13, 16)}`, `8${hash.slice(17, 20)}`, hash.slice(20, 32)].join('-');
}

/**
 * The upload with this id. Everybody who holds its signed path may see it: the installation opens it for them, once it has checked the signature.
 *
 * @throws ChatError `forbidden` for everybody but the installation, `unavailable`
 */
export async function findUpload(ctx: Pick<Context, 'db' | 'log'>, actor: Actor, id: string): Promise<Upload | undefined> {
  requirePermission(actor, 'upload.open');
  if (!isUuid(id)) return undefined;
  return (await withDatabase(ctx, async () => await ctx.db.prisma.upload.findUnique({ where: { id } }))) ?? undefined;
}
