/** The parts of SQL in which semicolons and keywords have no meaning: comments, quoted names and texts, dollar-quoted bodies. */
const OPAQUE =
  /--[^\n]*|\/\*(?:[^*]|\*(?!\/))*\*\/|"(?:[^"]|"")*"|\b[eE]'(?:[^'\\]|\\.|'')*'|'(?:[^']|'')*'|(\$(?:[A-Za-z_]\w*)?\$)[\s\S]*?\1/g;

/** The statements of a migration, in order, without comments and semicolons. */
export function splitStatements(sql: string): string[] {
  const statements: string[] = [];
  let statement = '';
  let from = 0;
  const take = (plain: string) => {
    const [first = '', ...rest] = plain.split(';');
    statement += first;
    for (const next of rest) {
      statements.push(statement);
      statement = next;
    }
  };
  for (const match of sql.matchAll(OPAQUE)) {
    take(sql.slice(from, match.index));
    const [text] = match;
    statement += text.startsWith('--') || text.startsWith('/*') ? ' ' : text;
    from = match.index + text.length;
  }
  take(sql.slice(from));
  statements.push(statement);
  return statements.map((each) => each.trim()).filter((each) => each !== '');
}

/** A migration that builds or drops an index while the table stays in use. PostgreSQL runs it only outside a transaction, so it has a single statement. */
export interface ConcurrentIndex {
  readonly does: 'create' | 'drop';
  /** The name in the catalog. */
  readonly index: string;
}

const CONCURRENT = /^(CREATE|DROP)\s+(?:UNIQUE\s+)?INDEX\s+CONCURRENTLY\s+(?:IF\s+(?:NOT\s+)?EXISTS\s+)?"([^"]+)"/i;

/** The index that this migration builds or drops concurrently; undefined for any other migration. */
export function concurrentIndex(sql: string): ConcurrentIndex | undefined {
  const [statement = '', ...others] = splitStatements(sql);
  const match = others.length === 0 ? CONCURRENT.exec(statement) : null;
  if (match === null) return undefined;
  const [, verb = '', index = ''] = match;
  return { does: verb.toLowerCase() === 'create' ? 'create' : 'drop', index };
}
