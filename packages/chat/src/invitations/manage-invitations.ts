import type { Prisma } from '@switchboard/database';
import { errorFor, invalidField, invitationFields, operatorRole, parse, type InvitationView } from '@switchboard/protocol';
import type { z } from 'zod';

import type { Actor } from '../actor.ts';
import { writeAudit } from '../audit/write-audit.ts';
import type { Context } from '../context.ts';
import { isoTime } from '../iso-time.ts';
import { idAfter, pageOf, pageSize, type Page, type PageQuery } from '../pages.ts';
import { requirePermission } from '../permissions.ts';
import { MAX_INTEGER } from '../visible.ts';
import { withDatabase } from '../with-database.ts';
import { hashOf, newSecret } from './secret.ts';

type OwnContext = Pick<Context, 'db' | 'log'>;

/** Seconds that a link works. */
const VALID_FOR_S = 7 * 24 * 60 * 60;

const PERSON = { select: { id: true, name: true } } as const;
const COLUMNS = {
  id: true,
  role: true,
  name: true,
  email: true,
  teamIds: true,
  createdBy: PERSON,
  createdAt: true,
  expiresAt: true,
  acceptedAt: true,
  acceptedBy: PERSON,
  revokedAt: true,
} as const satisfies Prisma.InvitationSelect;

/** A page of the invitations, in the order of their ids. @throws ChatError `unauthenticated`, `forbidden` for all but administrators, `invalid_request` */
export async function listInvitations(ctx: OwnContext, actor: Actor, query: PageQuery = {}): Promise<Page<InvitationView>> {
  requirePermission(actor, 'invitation.list');
  const size = pageSize(query);
  const where = { id: { gt: idAfter(query) } };
  const rows = await withDatabase(
    ctx,
    async () => await ctx.db.prisma.invitation.findMany({ where, select: COLUMNS, orderBy: { id: 'asc' }, take: size + 1 }),
  );
  return pageOf(rows, size, ({ id }) => id, viewOf);
}

/** Unchecked input: `createInvitation` validates it. */
export type NewInvitation = z.input<typeof invitationFields>;

/**
 * Invites a person: the secret makes one person an operator, within 7 days.
 *
 * @returns the invitation, and its secret, of which only the hash is stored
 * @throws ChatError `unauthenticated`, `forbidden` for all but administrators, `invalid_request` with `fields`, `conflict` when there is an operator with the e-mail
 */
export async function createInvitation(
  ctx: OwnContext,
  actor: Actor,
  invitation: NewInvitation,
): Promise<{ invitation: InvitationView; token: string }> {
  const by = requirePermission(actor, 'invitation.change');
  const { role, name = null, email = null, teamIds } = parse(invitationFields, invitation);
  const token = newSecret();
  return await withDatabase(
    ctx,
    async () =>
      await ctx.db.prisma.$transaction(async (tx) => {
        const teams = [...new Set(teamIds)];
        if ((await tx.team.count({ where: { id: { in: teams } } })) !== teams.length) throw invalidField('teamIds', 'must be ids of teams');
        if (email !== null && (await tx.user.count({ where: { email } })) > 0)
          throw errorFor('email_taken', { email }, { fields: { email: 'is taken' } });
        const [row] = await tx.$queryRaw<{ id: number }[]>`
          INSERT INTO "Invitation" ("tokenHash", "createdById", name, email, role, "teamIds", "expiresAt")
          VALUES (${hashOf(token)}, ${by.userId}::int, ${name}, ${email}, ${role}, ${teams}::int[], now() + ${VALID_FOR_S}::int * interval '1 second')
          RETURNING id`;
        const created = await tx.invitation.findUniqueOrThrow({ where: { id: row?.id ?? 0 }, select: COLUMNS });
        await writeAudit(tx, by, { action: 'invitation.created', id: created.id, to: { role, name, email, teamIds: teams } });
        return { invitation: viewOf(created), token };
      }),
  );
}

/** Revokes an invitation; repeating it changes nothing. @throws ChatError as `listInvitations`, `not_found`, `conflict` when it has been used */
export async function revokeInvitation(ctx: OwnContext, actor: Actor, id: number): Promise<void> {
  const by = requirePermission(actor, 'invitation.change');
  await withDatabase(
    ctx,
    async () =>
      await ctx.db.prisma.$transaction(async (tx) => {
        const asked = id > MAX_INTEGER ? 0 : id;
        await tx.$queryRaw`SELECT FROM "Invitation" WHERE id = ${asked}::int FOR UPDATE`;
        const row = await tx.invitation.findUnique({ where: { id: asked }, select: COLUMNS });
        if (row === null) throw errorFor('invitation_not_found');
        if (row.acceptedAt !== null) throw errorFor('invitation_used');
        if (row.revokedAt !== null) return;
        await tx.$executeRaw`UPDATE "Invitation" SET "revokedAt" = now() WHERE id = ${asked}::int`;
        await writeAudit(tx, by, { action: 'invitation.removed', id, from: { role: row.role, name: row.name, email: row.email } });
      }),
  );
}

function viewOf({ role, createdBy, createdAt, expiresAt, acceptedAt, revokedAt, ...row }: Row): InvitationView {
  return {
    ...row,
    role: operatorRole.parse(role),
    invitedBy: createdBy,
    createdAt: createdAt.toISOString(),
    expiresAt: expiresAt.toISOString(),
    acceptedAt: isoTime(acceptedAt),
    revokedAt: isoTime(revokedAt),
  };
}

type Row = Prisma.InvitationGetPayload<{ select: typeof COLUMNS }>;
