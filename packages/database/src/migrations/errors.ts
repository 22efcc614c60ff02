/** The database has migrations that this code doesn't know and that are not additive: most likely it was written by a newer version. */
export class SchemaTooNewError extends Error {
  override readonly name = 'SchemaTooNewError';
  constructor(
    message: string,
    readonly unknownMigrations: readonly string[],
  ) {
    super(message);
  }
}

/** The schema holds tables of another program. The message says which and what to do. */
export class ForeignSchemaError extends Error {
  override readonly name = 'ForeignSchemaError';
}

/** A migration of another version stopped half way; going on would make it worse. */
export class MigrationHistoryError extends Error {
  override readonly name = 'MigrationHistoryError';
}

/** A migration failed. Nothing of it was applied, and the next run tries it again. */
export class MigrationFailedError extends Error {
  override readonly name = 'MigrationFailedError';
  constructor(migration: string, cause: unknown) {
    super(`Migration ${migration} failed, and nothing of it was applied: ${reasonOf(cause)}`, { cause });
  }
}

/** What PostgreSQL said, in one line. */
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

/** A migration did not get a lock it needs: other transactions hold it. Nothing of the migration was applied, and it can be run again. */
export class MigrationBlockedError extends Error {
  override readonly name = 'MigrationBlockedError';
}
