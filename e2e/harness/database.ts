import pg from 'pg';

/** One row of a conversation, as SQL returns it. */
export interface Row {
  id: number;
  seq: number;
  messageKey: string;
  senderType: 'CLIENT' | 'OPERATOR';
  messageType: 'TEXT' | 'IMAGE';
  text: string | null;
  imageUrl: string | null;
  isRead: boolean;
  readAt: Date | null;
  operator: string | null;
  savedById: number | null;
}

/** Runs a query on the database: every story checks its rows. */
export async function query<T extends pg.QueryResultRow>(url: string, sql: string, parameters: unknown[] = []): Promise<T[]> {
  const client = new pg.Client({ connectionString: url });
  await client.connect();
  try {
    return (await client.query<T>(sql, parameters)).rows;
  } finally {
    await client.end();
  }
}

/** All messages of the visitor with this name, in the order in which they are shown: by time, then number. (Numbers follow the order of commits, which may differ when two people write at the same time.) */
export async function rowsOf(url: string, visitor: string): Promise<Row[]> {
  return await query<Row>(
    url,
    `SELECT m.id, m.seq, m."messageKey", m."senderType", m."messageType", m.text, m."imageUrl", m."isRead", m."readAt", u.name AS operator, m."savedById"
     FROM "ChatMessage" m JOIN "Client" c ON c.id = m."clientId" LEFT JOIN "User" u ON u.id = m."operatorId" WHERE c.username = $1 ORDER BY m."createdAt", m.seq`,
    [visitor],
  );
}
