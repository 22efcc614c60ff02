import { Prisma } from '@switchboard/database';
import { errorFor, type OperatorView } from '@switchboard/protocol';

import type { Actor } from '../actor.ts';
import type { Context } from '../context.ts';
import { idAfter, pageOf, pageSize, type Page, type PageQuery } from '../pages.ts';
import { isPermitted, requirePermission } from '../permissions.ts';
import { IS_ONLINE } from '../presence/is-online.ts';
import { withDatabase } from '../with-database.ts';
import { idMeant } from './find-operator.ts';
import { roleOf, type RoleColumns } from './role-columns.ts';

type OwnContext = Pick<Context, 'db' | 'log'>;

/**
 * A page of the operators, removed ones included, in the order of their ids. Administrators and the installation also get e-mails and the number of browsers
 * that are signed in.
 *
 * @throws ChatError `unauthenticated`, `forbidden`, `invalid_request`, `unavailable`
 */
export async function listOperators(ctx: OwnContext, actor: Actor, query: PageQuery = {}): Promise<Page<OperatorView>> {
  requirePermission(actor, 'operator.list');
  const size = pageSize(query);
  const after = idAfter(query);
  const rows = await withDatabase(ctx, async () => await readOperators(ctx, Prisma.sql`u.id > ${after}::int`, size + 1));
  return pageOf(rows, size, ({ id }) => id, viewFor(actor));
}

/** One operator. @throws ChatError as `listOperators`, `not_found` */
export async function readOperator(ctx: OwnContext, actor: Actor, id: number): Promise<OperatorView> {
  requirePermission(actor, 'operator.list');
  const asked = idMeant(id);
  const [row] = await withDatabase(ctx, async () => await readOperators(ctx, Prisma.sql`u.id = ${asked}::int`, 1));
  if (row === undefined) throw errorFor('no_such_operator');
  return viewFor(actor)(row);
}

interface OperatorRow extends RoleColumns, Omit<Required<OperatorView>, 'role'> {}

async function readOperators({ db: { prisma } }: OwnContext, condition: Prisma.Sql, limit: number): Promise<OperatorRow[]> {
  return await prisma.$queryRaw<OperatorRow[]>`
    SELECT u.id, u.name, u."displayName", u.image, u.role, u."isSupervisor", u.capacity, u.email,
      COALESCE(${IS_ONLINE}, false) AS "isOnline", COALESCE(p."isAvailable", true) AS "isAvailable",
      EXISTS (SELECT FROM "AuthAccount" a WHERE a."userId" = u.id) AS "maySignIn",
      (SELECT count(*)::int FROM "AuthSession" s WHERE s."userId" = u.id AND s."expiresAt" > now()) AS sessions,
      (SELECT COALESCE(json_agg(json_build_object('id', t.id, 'name', t.name, 'isLead', m."isLead") ORDER BY t.name, t.id), '[]')
        FROM "TeamMember" m JOIN "Team" t ON t.id = m."teamId" WHERE m."userId" = u.id) AS teams
    FROM "User" u LEFT JOIN "Presence" p ON p."userId" = u.id WHERE ${condition} ORDER BY u.id LIMIT ${limit}::int`;
}

function viewFor(actor: Actor): (row: OperatorRow) => OperatorView {
  const seesAccounts = isPermitted(actor, 'operator.change');
  return ({ role, isSupervisor, email, sessions, ...row }) => ({
    ...row,
    role: roleOf({ role, isSupervisor }),
    ...(seesAccounts ? { email, sessions } : {}),
  });
}
