import type { Database } from '@switchboard/database';

/** The amount of data. */
export interface Amount {
  readonly clients: number;
  /** Messages in each conversation; every third one is an operator's, the last one is the visitor's and unread. */
  readonly messages: number;
}

const CLIENTS_AT_ONCE = 2_000;

/** Fills an empty database, as if a conversation had begun every minute, and updates the planner's statistics. */
export async function seed({ prisma }: Database, { clients, messages }: Amount): Promise<{ operatorId: number; firstClientId: number }> {
  const operator = await prisma.user.create({ data: { name: 'Olga', email: 'olga@example.org' } });
  await prisma.$executeRaw`
    INSERT INTO "Client" (username, "createdAt", "updatedAt", "lastSeq", "lastActivityAt", "unreadCount")
    SELECT 'Visitor ' || n, now() - n * interval '1 minute', now(), ${messages}::int, now() - n * interval '1 minute', 1
    FROM generate_series(1, ${clients}::int) n`;
  await prisma.$executeRaw`
    INSERT INTO "ChatSession" (id, "clientId", "pageUrl", "startedAt") SELECT gen_random_uuid(), id, 'https://shop.example/', "createdAt" FROM "Client"`;
  const first = await prisma.client.findFirstOrThrow({ orderBy: { id: 'asc' }, select: { id: true } });
  // In parts, because the time of a statement is limited here too.
  for (let begin = first.id; begin < first.id + clients; begin += CLIENTS_AT_ONCE) {
    await prisma.$executeRaw`
      INSERT INTO "ChatMessage" ("messageKey", "clientId", seq, "senderType", "operatorId", "messageType", text, "sessionId", "isRead", "createdAt",
        "savedAt", "updatedAt")
      SELECT gen_random_uuid(), c.id, n, (CASE WHEN n % 3 = 2 AND n < ${messages}::int THEN 'OPERATOR' ELSE 'CLIENT' END)::"MessageSenderType",
        CASE WHEN n % 3 = 2 AND n < ${messages}::int THEN ${operator.id}::int END, 'TEXT',
        'Hello, I ordered a pair of boots last week and wonder where they are. (' || n || ')', s.id::text, n < ${messages}::int,
        c."lastActivityAt" - (${messages}::int - n) * interval '1 second', now(), now()
      FROM "Client" c JOIN "ChatSession" s ON s."clientId" = c.id CROSS JOIN generate_series(1, ${messages}::int) n
      WHERE c.id >= ${begin}::int AND c.id < ${begin + CLIENTS_AT_ONCE}::int`;
  }
  for (const table of ['Client', 'ChatSession', 'ChatMessage', 'User']) await prisma.$executeRawUnsafe(`ANALYZE "${table}"`);
  return { operatorId: operator.id, firstClientId: first.id };
}
