/** The database has unknown migrations that are not additive: most likely a newer version made them. */
export class SchemaTooNewError extends Error {
  override readonly name = 'SchemaTooNewError';
  constructor(
    message: string,
    readonly unknownMigrations: readonly string[],
  ) {
    super(message);
  }
}

/** The schema contains another program's tables. The message says which, and what to do. */
export class ForeignSchemaError extends Error {
  override readonly name = 'ForeignSchemaError';
}

/** A migration of another version stopped halfway; continuing would make it worse. */
export class MigrationHistoryError extends Error {
  override readonly name = 'MigrationHistoryError';
}

/** A migration failed and was rolled back; the next run retries it. */
export class MigrationFailedError extends Error {
  override readonly name = 'MigrationFailedError';
  constructor(migration: string, cause: unknown) {
    super(`Migration ${migration} failed and was rolled back: ${reasonOf(cause)}`, { cause });
  }
}

/** PostgreSQL's message, in one line. */
function reasonOf(error: unknown): string {
  const driver: unknown = error instanceof Error ? error.cause : undefined;
  if (typeof driver === 'object' && driver !== null && 'originalMessage' in driver && typeof driver.originalMessage === 'string')
    return driver.originalMessage.replaceAll(/\s*\n\s*/g, ' ');
  const text = error instanceof Error ? error.message : String(error);
  return (
    text
      .replace(/^external connector error\n/, '')
      .split(/\n\s+0: /)[0]
      ?.replaceAll(/\s*\n\s*/g, ' ') ?? ''
  );
}

/** A migration did not get a lock that other transactions hold. It was not applied, and can be run again. */
export class MigrationBlockedError extends Error {
  override readonly name = 'MigrationBlockedError';
}
