import type { Queryable } from '../visible.ts';

/**
 * Raises the version of a conversation: something that operators see of it has changed. Takes the client's row lock, which the transaction may hold already.
 * Call it in the transaction of the change, and take the client's lock before any other: those who save messages lock the client first, too.
 */
export async function raiseVersion(tx: Queryable, clientId: number): Promise<void> {
  await tx.$executeRaw`UPDATE "Client" SET version = version + 1 WHERE id = ${clientId}::int`;
}
