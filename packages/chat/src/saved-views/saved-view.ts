import type { Prisma } from '@switchboard/database';
import { errorFor, savedViewFilters, type ChatError, type SavedView } from '@switchboard/protocol';

import type { OperatorActor } from '../actor.ts';
import type { Context } from '../context.ts';
import { MAX_INTEGER, type Queryable } from '../visible.ts';

/** A row of the table. */
interface SavedViewRow {
  readonly id: number;
  readonly name: string;
  readonly filters: Prisma.JsonValue;
  readonly version: number;
}

/** The saved view as its owner sees it; undefined when a later version has saved filters that this one does not know. */
export function presentSavedView({ id, name, filters, version }: SavedViewRow): SavedView | undefined {
  const known = savedViewFilters.safeParse(filters);
  return known.success ? { id, name, filters: known.data, version } : undefined;
}

/** The views that the operator has saved, by name. */
export async function readSavedViews(
  { db: { prisma }, log }: Pick<Context, 'db' | 'log'>,
  { userId }: OperatorActor,
): Promise<SavedView[]> {
  const rows = await prisma.savedView.findMany({ where: { userId }, orderBy: [{ name: 'asc' }, { id: 'asc' }] });
  return rows.flatMap((row) => {
    const view = presentSavedView(row);
    if (view === undefined) log.warn({ savedViewId: row.id }, 'a saved view has filters that this version does not know');
    return view ?? [];
  });
}

/** Lets an operator's changes of their saved views happen one after the other: names are unique, and their number is limited. */
export async function lockSavedViews(tx: Queryable, { userId }: OperatorActor): Promise<void> {
  await tx.$queryRaw`SELECT FROM "User" WHERE id = ${userId}::int FOR NO KEY UPDATE`;
}

/** The view, if the operator has saved it, and this version knows its filters. @throws ChatError `not_found` */
export async function findSavedView(tx: Prisma.TransactionClient, { userId }: OperatorActor, id: number): Promise<SavedView> {
  const row = id > MAX_INTEGER ? null : await tx.savedView.findFirst({ where: { id, userId } });
  const view = row === null ? undefined : presentSavedView(row);
  if (view === undefined) throw savedViewNotFound();
  return view;
}

/** One answer for "does not exist" and "is not yours". */
function savedViewNotFound(): ChatError {
  return errorFor('saved_view_not_found');
}
