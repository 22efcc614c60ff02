import { withSchemaEngine } from '../migrations/engine.ts';
import { queryOnce } from './migration-folders.ts';

/** The guide's model of messages, verbatim. */
const MESSAGES = `
enum MessageSenderType {
  CLIENT
  OPERATOR
}
enum MessageType {
  TEXT
  IMAGE
}
model ChatMessage {
  id              Int             @id @default(autoincrement())
  clientId        Int
  clientSocketId  String?
  senderType      MessageSenderType
  operatorId      Int?
  messageType     MessageType
  text            String?
  imageUrl        String?
  imageName       String?
  mimeType        String?
  sessionId       String?
  isRead          Boolean         @default(false)
  readAt          DateTime?
  createdAt       DateTime        @default(now())
  updatedAt       DateTime        @updatedAt

  client          Client          @relation(fields: [clientId], references: [id])
  operator        User?           @relation(fields: [operatorId], references: [id])
}`;

/** The two tables that the guide assumes but does not show, as its actions use them. */
const PLAIN = `
model Client {
  id        Int      @id @default(autoincrement())
  username  String
  phone     String?
  email     String?
  status    String   @default("active")
  createdAt DateTime @default(now())
  updatedAt DateTime @updatedAt
  messages  ChatMessage[]
}
model User {
  id        Int      @id @default(autoincrement())
  name      String
  email     String   @unique
  password  String
  role      String   @default("operator")
  createdAt DateTime @default(now())
  updatedAt DateTime @updatedAt
  messages  ChatMessage[]
}`;

/** The same tables in a larger program: other names and types, constraints that our rows would violate, and additional tables. */
const GROWN = `
enum ClientStatus {
  ONLINE
  OFFLINE
  CLOSED
}
enum TokenRole {
  A
  B
}
model Client {
  id         Int          @id @default(autoincrement())
  name       String
  phone      String       @unique
  company    String
  status     ClientStatus @default(ONLINE)
  lastSeq    String?
  blockedAt  DateTime?
  token      TokenRole    @default(A)
  messages   ChatMessage[]
  tickets    Ticket[]
}
model User {
  id            Int       @id @default(autoincrement())
  username      String    @unique
  email         String?
  emailVerified DateTime?
  passwordHash  String
  role          String
  createdAt     DateTime? @db.Timestamp(6)
  messages      ChatMessage[]
}
model Ticket {
  id       Int      @id @default(autoincrement())
  title    String
  openedAt DateTime @default(now())
  clientId Int
  client   Client   @relation(fields: [clientId], references: [id])
}`;

const INDEXES = `
CREATE INDEX idx_chat_messages_client_created ON "ChatMessage"("clientId", "createdAt" DESC);
CREATE INDEX idx_chat_messages_unread ON "ChatMessage"("clientId", "senderType", "isRead");
CREATE INDEX idx_chat_messages_session ON "ChatMessage"("sessionId", "createdAt" DESC);
CREATE INDEX idx_chat_messages_operator ON "ChatMessage"("operatorId", "createdAt" DESC);`;

const PEOPLE = {
  plain: `
    INSERT INTO "Client" (id, username, phone, status, "createdAt", "updatedAt") VALUES
      (1, 'Vera', '+1 555 0100', 'active', '2024-01-01 10:00:00.123', '2024-01-02'),
      (2, 'Ömer', NULL, 'closed', '2024-02-01', '2024-02-01'), (7, 'Nobody yet', NULL, 'active', '2024-03-01', '2024-03-01');
    INSERT INTO "User" (id, name, email, password, role, "createdAt", "updatedAt") VALUES
      (1, 'Ana', 'ana@x.example', '$2b$10$x', 'admin', '2023-01-01', '2023-01-01'), (2, 'Bo', 'bo@x.example', '$2b$10$y', 'operator', '2023-01-01', '2023-01-01');`,
  grown: `
    INSERT INTO "Client" (id, name, phone, company, status, "lastSeq", "blockedAt") VALUES
      (1, 'Vera', '+1 555 0100', 'ACME', 'ONLINE', 'odd', '2024-01-01'), (2, 'Ömer', '2', 'ACME', 'CLOSED', NULL, NULL), (7, 'Nobody yet', '7', '', 'OFFLINE', NULL, NULL);
    INSERT INTO "User" (id, username, email, "emailVerified", "passwordHash", role, "createdAt") VALUES
      (1, 'ana', 'ana@x.example', '2023-01-01', '$2b$10$x', 'Admin', '2023-01-01'), (2, 'bo', NULL, NULL, '$2b$10$y', 'agent', NULL);
    INSERT INTO "Ticket" (title, "clientId") VALUES ('broken', 1), ('late', 2);`,
};

const MESSAGE_ROWS = `
  INSERT INTO "ChatMessage" ("clientId", "clientSocketId", "senderType", "operatorId", "messageType", text, "imageUrl", "imageName", "mimeType", "sessionId", "isRead", "readAt", "createdAt", "updatedAt") VALUES
    (1, 'sock-A', 'CLIENT', NULL, 'TEXT', 'hello; it''s me', NULL, NULL, NULL, 'visit one', true, '2024-01-01 10:05', '2024-01-01 10:00:00.123', '2024-01-01 10:05'),
    (2, 'sock-C', 'CLIENT', NULL, 'TEXT', 'the other one', NULL, NULL, NULL, NULL, false, NULL, '2024-01-01 10:00:00.500', '2024-01-01 10:00'),
    (1, 'sock-A', 'OPERATOR', 1, 'TEXT', 'good day', NULL, NULL, NULL, 'visit one', false, NULL, '2024-01-01 10:01', '2024-01-01 10:01'),
    (1, 'sock-B', 'CLIENT', NULL, 'IMAGE', NULL, 'data:image/png;base64,iVBORw0KGgo=', 'a.png', 'image/png', '3f0e7a52-6f0e-4b7e-9c58-1f2f6a1f8d11', false, NULL, '2024-07-01 12:00', '2024-07-01 12:00'),
    (1, 'sock-B', 'CLIENT', NULL, 'IMAGE', NULL, 'https://cdn.example/b.jpg', 'b.jpg', 'image/jpeg', '3f0e7a52-6f0e-4b7e-9c58-1f2f6a1f8d11', false, NULL, '2024-07-01 12:00', '2024-07-01 12:00'),
    (1, NULL, 'OPERATOR', 2, 'TEXT', 'saved late, sent early', NULL, NULL, NULL, NULL, true, NULL, '2024-01-01 09:00', '2024-01-01 09:00');
  INSERT INTO "ChatMessage" ("clientId", "clientSocketId", "senderType", "messageType", text, "isRead", "createdAt", "updatedAt")
    SELECT 2, 'sock-C', 'CLIENT', 'TEXT', 'message ' || n, n % 2 = 0, '2024-05-01'::timestamp + n * interval '1 minute', now() FROM generate_series(1, 300) n;`;

const HISTORY = `
  CREATE TABLE _prisma_migrations (id VARCHAR(36) PRIMARY KEY NOT NULL, checksum VARCHAR(64) NOT NULL, finished_at TIMESTAMPTZ, migration_name VARCHAR(255) NOT NULL,
    logs TEXT, rolled_back_at TIMESTAMPTZ, started_at TIMESTAMPTZ NOT NULL DEFAULT now(), applied_steps_count INTEGER NOT NULL DEFAULT 0);
  INSERT INTO _prisma_migrations (id, checksum, finished_at, migration_name, started_at, applied_steps_count) VALUES
    ('a', 'x', '2024-01-01', '20240101000000_init', '2024-01-01', 1), ('b', 'y', '2024-02-01', '20240201000000_indexes', '2024-02-01', 1);`;

/** The variants of an installation of the guide. */
export interface GuideInstallation {
  readonly kind: 'plain' | 'grown';
  /** Whether it has Prisma's migrations table, with other migrations than ours. */
  readonly history: boolean;
}

/** Creates an installation of the backend implementation guide in an empty database, as Prisma generates it from the guide's model, with rows. */
export async function installGuide(url: string, { kind, history }: GuideInstallation): Promise<void> {
  const models = kind === 'plain' ? PLAIN : GROWN;
  const content = `datasource db {\n  provider = "postgresql"\n}\n${MESSAGES}\n${models}`;
  const filters = { externalTables: [], externalEnums: [] };
  const { stdout } = await withSchemaEngine(url, undefined, async (engine) => {
    const to = { tag: 'schemaDatamodel' as const, files: [{ path: 'schema.prisma', content }] };
    return await engine.diff({ from: { tag: 'empty' }, to, script: true, exitCode: null, filters });
  });
  const later = `SELECT setval(pg_get_serial_sequence('"Client"', 'id'), 7), setval(pg_get_serial_sequence('"User"', 'id'), 2);`;
  await queryOnce(url, `${stdout ?? ''}${INDEXES}${PEOPLE[kind]}${MESSAGE_ROWS}${later}${history ? HISTORY : ''}`);
}
