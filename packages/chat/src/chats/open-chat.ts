import { errorFor } from '@switchboard/protocol';

import { SYSTEM } from '../actor.ts';
import { clientsSeenBy, type Queryable } from '../visible.ts';

interface Named {
  readonly id: number;
  readonly name: string;
}

/** The operator and the team that a chat is assigned to. */
export interface Assignment {
  readonly assignee: Named | null;
  readonly team: Named | null;
}

/** An open chat. */
export interface OpenChat extends Assignment {
  readonly snoozedAt: Date | null;
  readonly snoozedUntil: Date | null;
}

/** Reads the open chat of a client whose row is locked. @throws ChatError `conflict` when none is open */
export async function readOpenChat(tx: Queryable, clientId: number): Promise<OpenChat> {
  const [row] = await tx.$queryRaw<
    {
      assigneeId: number | null;
      assigneeName: string;
      teamId: number | null;
      teamName: string;
      snoozedAt: Date | null;
      snoozedUntil: Date | null;
    }[]
  >`
    SELECT c."assigneeId", u.name AS "assigneeName", c."teamId", t.name AS "teamName", c."snoozedAt", c."snoozedUntil"
    FROM ${clientsSeenBy(SYSTEM)} LEFT JOIN "User" u ON u.id = c."assigneeId" LEFT JOIN "Team" t ON t.id = c."teamId"
    WHERE c.id = ${clientId}::int AND c."chatOpenedAt" IS NOT NULL`;
  if (row === undefined) throw errorFor('no_open_chat');
  return {
    assignee: row.assigneeId === null ? null : { id: row.assigneeId, name: row.assigneeName },
    team: row.teamId === null ? null : { id: row.teamId, name: row.teamName },
    snoozedAt: row.snoozedAt,
    snoozedUntil: row.snoozedUntil,
  };
}
