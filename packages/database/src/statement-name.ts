import { randomBytes } from 'node:crypto';

/**
 * Every process has its own prefix: where a pooler mixes connections (which is refused, but only once it is detected), a name must not refer to another process's
 * statement.
 */
const PREFIX = `s${randomBytes(4).toString('hex')}_`;
const names = new Map<string, string>();
/** More distinct statements than this come only from generated queries; they stay unnamed and so uncached. */
const NAMED_STATEMENTS = 500;

/** The name of the prepared statement with this text; undefined for one that should not be cached. The same text always has the same name. */
export function statementName(sql: string): string | undefined {
  const known = names.get(sql);
  if (known !== undefined) return known;
  if (names.size >= NAMED_STATEMENTS) return undefined;
  const name = `${PREFIX}${names.size}`;
  names.set(sql, name);
  return name;
}
