import type { Prisma } from '@switchboard/database';
import { errorFor, operatorRole, type OperatorRole } from '@switchboard/protocol';

import { hashOf } from './secret.ts';

/** An invitation that can be accepted. */
export interface OpenInvitation {
  readonly id: number;
  readonly role: OperatorRole;
  readonly name: string | null;
  readonly email: string | null;
  readonly teamIds: readonly number[];
  /** Null for the first administrator. */
  readonly invitedBy: string | null;
}

interface Row extends Omit<OpenInvitation, 'role'> {
  readonly role: string;
  readonly isUsed: boolean;
  readonly isOver: boolean;
}

/**
 * The invitation with this secret, if it can be accepted: not expired by the clock of the database, not used, not revoked, its inviter still an administrator who
 * can sign in. The one for the first administrator is void as soon as there is an operator.
 *
 * @throws ChatError `not_found`, `conflict` when it has been used
 */
export async function findInvitation(db: Pick<Prisma.TransactionClient, '$queryRaw'>, secret: string): Promise<OpenInvitation> {
  const [row] = await db.$queryRaw<Row[]>`
    SELECT i.id, i.role, i.name, i.email, i."teamIds", inviter.name AS "invitedBy", i."acceptedAt" IS NOT NULL AS "isUsed",
      i."revokedAt" IS NOT NULL OR i."expiresAt" <= now() OR CASE WHEN i."createdById" IS NULL THEN EXISTS (SELECT FROM "User")
        ELSE inviter.role <> 'ADMIN' OR NOT EXISTS (SELECT FROM "AuthAccount" a WHERE a."userId" = inviter.id) END AS "isOver"
    FROM "Invitation" i LEFT JOIN "User" inviter ON inviter.id = i."createdById" WHERE i."tokenHash" = ${hashOf(secret)}`;
  if (row === undefined) throw errorFor('invitation_not_found');
  const { role, isUsed, isOver, ...invitation } = row;
  if (isUsed) throw errorFor('invitation_used');
  if (isOver) throw errorFor('invitation_expired');
  return { ...invitation, role: operatorRole.parse(role) };
}
