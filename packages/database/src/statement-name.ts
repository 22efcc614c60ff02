import { randomBytes } from 'node:crypto';

/**
 * No two processes name statements alike: where a pooler mixes their connections (which is refused, but not before it is noticed), a name must not lead to
 * another one's statement.
 */
const PREFIX = `s${randomBytes(4).toString('hex')}_`;
const names = new Map<string, string>();
/** More different statements than this come only from generated shapes; they go unnamed and so uncached. */
const NAMED_STATEMENTS = 500;

/** The name under which a connection keeps the statement prepared; undefined for one that is not to be kept. The same text has the same name. */
export function statementName(sql: string): string | undefined {
  const known = names.get(sql);
  if (known !== undefined) return known;
  if (names.size >= NAMED_STATEMENTS) return undefined;
  const name = `${PREFIX}${names.size}`;
  names.set(sql, name);
  return name;
}
