const names = new Map<string, string>();
/** More different statements than this come only from generated shapes; they go unnamed and so uncached. */
const NAMED_STATEMENTS = 500;

/** The name under which a connection keeps the statement prepared; undefined for one that is not to be kept. The same text has the same name. */
export function statementName(sql: string): string | undefined {
  const known = names.get(sql);
  if (known !== undefined) return known;
  if (names.size >= NAMED_STATEMENTS) return undefined;
  const name = `s${names.size}`;
  names.set(sql, name);
  return name;
}
