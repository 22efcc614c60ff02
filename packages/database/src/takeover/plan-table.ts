import type { Column, Table } from './catalog.ts';
import type { TargetColumn } from './target-columns.ts';

/** The changes to one of the guide's tables. */
export interface TablePlan {
  /** To be run one by one, in this order. */
  readonly statements: readonly string[];
  /** Sentences for the administrator. */
  readonly notes: readonly string[];
  /** Obstacles, as clauses. If there are any, nothing may be changed. */
  readonly problems: readonly string[];
}

/** The suffix for renaming an existing object that has one of our names but can't be used. */
export const RENAMED_SUFFIX = '_before_switchboard';
const quote = (name: string) => `"${name.replaceAll('"', '""')}"`;

const TEXTS = new Set(['text', 'character varying', 'character', 'citext', 'integer', 'smallint', 'bigint', 'numeric', 'uuid']);
const SQL_TYPES: Partial<Record<TargetColumn['type'], string>> = {
  text: 'TEXT',
  integer: 'INTEGER',
  boolean: 'BOOLEAN',
  timestamptz: 'TIMESTAMPTZ(3)',
  uuid: 'UUID',
};
const typeOf = ({ type }: TargetColumn) => SQL_TYPES[type] ?? quote(type);

/** SQL that converts a column's value to the target type; undefined when that is impossible. */
function conversion({ name, type, labels }: Column, target: TargetColumn): string | undefined {
  const column = quote(name);
  const isText = TEXTS.has(type) || labels !== null;
  if (type === target.type || (target.type === 'timestamptz' && type === 'timestamp with time zone')) return column;
  if (target.type === 'text' && isText) return `${column}::text`;
  if (target.type === 'integer' && type === 'smallint') return `${column}::integer`;
  if (target.type === 'timestamptz' && (type === 'timestamp without time zone' || type === 'date'))
    return `${column}::timestamp AT TIME ZONE 'UTC'`;
  if ((target.type === 'MessageSenderType' || target.type === 'MessageType') && isText)
    return `upper(btrim(${column}::text))::${quote(target.type)}`;
  return undefined;
}

/** Whether a column already has the target type; the labels of enums were compared before. */
function hasType({ type }: Column, target: TargetColumn): boolean {
  return type === target.type;
}

/**
 * Plans how to give `table` the target columns. Existing ones are converted, or renamed when their values can't be converted; missing ones are added and
 * filled. All other columns stay, but become nullable so that they don't prevent our inserts.
 *
 * @param renamed columns to rename because our later migrations add columns with these names
 */
export function planTable(name: string, table: Table, targets: readonly TargetColumn[], renamed: readonly string[]): TablePlan {
  const [statements, notes, problems]: [string[], string[], string[]] = [[], [], []];
  const places = new Map([...table.keys()].map((column) => [column, column]));
  const [actions, values, rules]: [string[], string[], string[]] = [[], [], []];
  const rename = (column: string) => {
    statements.push(`ALTER TABLE ${quote(name)} RENAME COLUMN ${quote(column)} TO ${quote(column + RENAMED_SUFFIX)}`);
    places.set(column, column + RENAMED_SUFFIX);
    notes.push(`${name}.${column} was renamed to ${column + RENAMED_SUFFIX}: Switchboard has another column of that name`);
  };
  for (const column of renamed) rename(column);
  const at = (...names: string[]) => {
    const place = names.map((each) => places.get(each)).find((each) => each !== undefined);
    return place === undefined ? undefined : quote(place);
  };
  for (const each of targets) {
    const column = table.get(each.name);
    const using = column === undefined ? undefined : conversion(column, each);
    const own = quote(each.name);
    if (column !== undefined && using !== undefined) {
      if (!hasType(column, each)) actions.push(...convert(column, each, using));
    } else if (each.required === true) problems.push(`"${name}" has no column ${each.name} of type ${typeOf(each)}`);
    else {
      if (column !== undefined) rename(each.name);
      actions.push(`ADD COLUMN ${own} ${typeOf(each)}`);
    }
    const fill = each.fill?.(at);
    const kept = using !== undefined;
    if (fill !== undefined && fill !== 'NULL' && !(kept && (each.nullable === true || column?.nullable === false)))
      values.push(`${own} = ${kept ? `COALESCE(${own}, ${fill})` : fill}`);
    if (each.fallback !== undefined) rules.push(`ALTER COLUMN ${own} SET DEFAULT ${each.fallback}`);
    if (each.nullable !== true) rules.push(`ALTER COLUMN ${own} SET NOT NULL`);
    else if (kept && column?.nullable === false) rules.push(`ALTER COLUMN ${own} DROP NOT NULL`);
  }
  for (const column of table.values()) {
    if (
      targets.some((each) => each.name === column.name && places.get(column.name) === column.name) ||
      column.nullable ||
      column.hasDefault
    )
      continue;
    rules.push(`ALTER COLUMN ${at(column.name)} DROP NOT NULL`);
    notes.push(`${name}.${places.get(column.name) ?? column.name} may now be empty: Switchboard does not fill it`);
  }
  if (actions.length > 0) statements.push(`ALTER TABLE ${quote(name)} ${actions.join(', ')}`);
  if (values.length > 0) statements.push(`UPDATE ${quote(name)} SET ${values.join(', ')}${name === 'ChatMessage' ? NUMBERED : ''}`);
  if (rules.length > 0) statements.push(`ALTER TABLE ${quote(name)} ${rules.join(', ')}`);
  return { statements, notes, problems };
}

/** Numbers messages by time, and within one millisecond by id. */
const NUMBERED = `
  FROM (SELECT id AS "of", (row_number() OVER (PARTITION BY "clientId" ORDER BY "createdAt", id))::integer AS seq FROM "ChatMessage") numbered
  WHERE numbered."of" = "ChatMessage".id`;

function convert({ name, hasDefault, type }: Column, target: TargetColumn, using: string): string[] {
  const own = quote(name);
  // A default of another type can't be converted, except the current time.
  const drop = hasDefault && target.type !== 'timestamptz' && type !== 'smallint' ? [`ALTER COLUMN ${own} DROP DEFAULT`] : [];
  return [...drop, `ALTER COLUMN ${own} TYPE ${typeOf(target)} USING ${using}`];
}
