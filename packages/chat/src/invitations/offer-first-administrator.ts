import type { Actor } from '../actor.ts';
import type { Context } from '../context.ts';
import { requirePermission } from '../permissions.ts';
import { withDatabase } from '../with-database.ts';
import { hashOf, newSecret } from './secret.ts';

/** Seconds that the link works. */
const VALID_FOR_S = 24 * 60 * 60;

/** The secret of the link, and when it expires. */
export interface FirstLink {
  readonly token: string;
  readonly expiresAt: Date;
}

/**
 * The secret of a link by which the first administrator of an installation without operators is created, undefined where there is an operator. The link works
 * for 24 hours, once, and only until there is an operator. A new one replaces those from before.
 *
 * @param known a secret from before: it is answered again, with the time that it has left, if its link still works
 * @throws ChatError `forbidden` for everybody but the installation, `unavailable`
 */
export async function offerFirstAdministrator(
  ctx: Pick<Context, 'db' | 'log'>,
  actor: Actor,
  known?: string,
): Promise<FirstLink | undefined> {
  requirePermission(actor, 'invitation.offer-first');
  return await withDatabase(
    ctx,
    async () =>
      await ctx.db.prisma.$transaction(async (tx) => {
        // One server at a time, so that they do not replace each other's links.
        await tx.$executeRaw`LOCK TABLE "Invitation" IN SHARE ROW EXCLUSIVE MODE`;
        if ((await tx.user.count()) > 0) return undefined;
        const [valid] = await tx.$queryRaw<{ expiresAt: Date }[]>`
          SELECT "expiresAt" FROM "Invitation"
          WHERE "tokenHash" = ${hashOf(known ?? '')} AND "createdById" IS NULL AND "revokedAt" IS NULL AND "expiresAt" > now()`;
        if (known !== undefined && valid !== undefined) return { token: known, expiresAt: valid.expiresAt };
        const token = newSecret();
        await tx.$executeRaw`UPDATE "Invitation" SET "revokedAt" = now() WHERE "createdById" IS NULL AND "revokedAt" IS NULL`;
        const [made] = await tx.$queryRaw<{ expiresAt: Date }[]>`
          INSERT INTO "Invitation" ("tokenHash", role, "teamIds", "expiresAt")
          VALUES (${hashOf(token)}, 'ADMIN', '{}', now() + ${VALID_FOR_S}::int * interval '1 second') RETURNING "expiresAt"`;
        return made === undefined ? undefined : { token, expiresAt: made.expiresAt };
      }),
  );
}
