export { openDatabase, type Database, type DatabaseOptions } from './database.ts';
export type { Transaction } from './transact.ts';
export { isInvalidData, isTransactionConflict, isUniqueViolation } from './error-codes.ts';
export { isUnavailable } from './unavailable.ts';
export { migrate, MigrationHistoryError, SchemaTooNewError } from './migrations/migrate.ts';
export { migrationsFolder } from './migrations/folder.ts';
export { Prisma, PrismaClient } from './generated/client.ts';
export type { ChatMessage, ChatSession, Client, Upload, User } from './generated/client.ts';
export { ClientStatus, MessageSenderType, MessageType, UserRole } from './generated/enums.ts';
