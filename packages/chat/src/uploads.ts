import type { Upload } from '@switchboard/database';

import { readClient } from './access.ts';
import type { Actor } from './actor.ts';
import type { Context } from './context.ts';
import { isUuid } from './uuid.ts';
import { withDatabase } from './with-database.ts';

/** A stored image. `storageKey` is where its bytes are, `width` and `height` are pixels, `size` bytes. */
export interface NewUpload {
  readonly clientId?: number | undefined;
  readonly storageKey: string;
  readonly name: string;
  readonly mimeType: string;
  readonly width: number;
  readonly height: number;
  readonly size: number;
}

/**
 * Resolves when the actor may store an image for this conversation: asked before there is any work with one.
 *
 * @throws ChatError as `recordUpload`
 */
export async function requireUploadable(ctx: Context, actor: Actor, clientId: number | undefined): Promise<void> {
  await withDatabase(ctx, async () => await readClient(ctx.db.prisma, actor, clientId));
}

/**
 * Records an image that was stored for a conversation. Its canonical path is `UPLOADS_PATH` and the id.
 *
 * @throws ChatError as `clientMeant`, and `not_found`
 */
export async function recordUpload(ctx: Context, actor: Actor, upload: NewUpload): Promise<{ id: string }> {
  return await withDatabase(ctx, async () => {
    const client = await readClient(ctx.db.prisma, actor, upload.clientId);
    return await ctx.db.prisma.upload.create({
      data: {
        id: ctx.ids(),
        clientId: client.id,
        uploadedById: actor.kind === 'operator' ? actor.userId : null,
        storageKey: upload.storageKey,
        name: upload.name,
        mimeType: upload.mimeType,
        width: upload.width,
        height: upload.height,
        size: upload.size,
        createdAt: ctx.clock(),
      },
      select: { id: true },
    });
  });
}

/** The upload with this id. Asks for no actor: whoever holds its signed path may see it, and checking that is the caller's part. */
export async function findUpload(ctx: Pick<Context, 'db' | 'log'>, id: string): Promise<Upload | undefined> {
  if (!isUuid(id)) return undefined;
  return (await withDatabase(ctx, async () => await ctx.db.prisma.upload.findUnique({ where: { id } }))) ?? undefined;
}
