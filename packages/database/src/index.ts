export { openDatabase, type Database, type DatabaseOptions } from './database.ts';
export { checkConnections, createClient } from './connection/connections.ts';
export { type ConnectionTarget, parseDatabaseUrl } from './connection/database-url.ts';
export { explainConnectionFailure } from './connection/explain-failure.ts';
export { DatabaseUrlError } from './connection/database-url-error.ts';
export { SessionError } from './connection/session-client.ts';
export { CannotSaveError } from './can-save.ts';
export type { TimeListener } from './query-times.ts';
export type { Transaction } from './transact.ts';
export { isDiskFull, isInvalidData, isReadOnly, isTransactionConflict, isUniqueViolation } from './error-codes.ts';
export { isUnavailable } from './unavailable.ts';
export { migrate, type MigrateOptions } from './migrations/migrate.ts';
export { describeSchema, type SchemaDescription, type SchemaKind } from './takeover/describe-schema.ts';
export { TakeOverError } from './takeover/take-over.ts';
export {
  ForeignSchemaError,
  MigrationBlockedError,
  MigrationFailedError,
  MigrationHistoryError,
  SchemaTooNewError,
} from './migrations/errors.ts';
export { migrationsFolder } from './migrations/folder.ts';
export { Prisma, PrismaClient } from './generated/client.ts';
export type { ChatMessage, ChatSession, Client, Upload, User } from './generated/client.ts';
export { ClientStatus, MessageSenderType, MessageType, UserRole } from './generated/enums.ts';
