import type { Column, Table } from './catalogue.ts';
import type { Wanted } from './wanted.ts';

/** What is to be done to one of the guide's tables. */
export interface TablePlan {
  /** Each on its own, in this order. */
  readonly statements: readonly string[];
  /** What somebody should know of it. */
  readonly notes: readonly string[];
  /** What is in the way, in parts of a sentence; nothing may be done when there is something. */
  readonly problems: readonly string[];
}

/** What is put behind the name of something of theirs that has a name of ours and can't be used as it is. */
export const ASIDE = '_before_switchboard';
const quote = (name: string) => `"${name.replaceAll('"', '""')}"`;

const TEXTS = new Set(['text', 'character varying', 'character', 'citext', 'integer', 'smallint', 'bigint', 'numeric', 'uuid']);
const SQL_TYPES: Partial<Record<Wanted['type'], string>> = {
  text: 'TEXT',
  integer: 'INTEGER',
  boolean: 'BOOLEAN',
  timestamptz: 'TIMESTAMPTZ(3)',
  uuid: 'UUID',
};
const typeOf = ({ type }: Wanted) => SQL_TYPES[type] ?? quote(type);

/** How a value becomes one of the wanted type, in SQL; undefined when it can't. */
function conversion({ name, type, labels }: Column, wanted: Wanted): string | undefined {
  const column = quote(name);
  const isText = TEXTS.has(type) || labels !== null;
  if (type === wanted.type || (wanted.type === 'timestamptz' && type === 'timestamp with time zone')) return column;
  if (wanted.type === 'text' && isText) return `${column}::text`;
  if (wanted.type === 'integer' && type === 'smallint') return `${column}::integer`;
  if (wanted.type === 'timestamptz' && (type === 'timestamp without time zone' || type === 'date'))
    return `${column}::timestamp AT TIME ZONE 'UTC'`;
  if ((wanted.type === 'MessageSenderType' || wanted.type === 'MessageType') && isText)
    return `upper(btrim(${column}::text))::${quote(wanted.type)}`;
  return undefined;
}

/** Whether a column already has the wanted type; of an enum the labels have been looked at. */
function hasType({ type }: Column, wanted: Wanted): boolean {
  return type === wanted.type;
}

/**
 * Plans how `table` comes to have the wanted columns: those that are there are converted, or put aside under another name when their values are of another
 * kind; those that are missing are added and filled. All others stay, and none of them may keep a row of ours out.
 *
 * @param aside columns that a later migration of ours makes under the same name
 */
export function planTable(name: string, table: Table, wanted: readonly Wanted[], aside: readonly string[]): TablePlan {
  const [statements, notes, problems]: [string[], string[], string[]] = [[], [], []];
  const places = new Map([...table.keys()].map((column) => [column, column]));
  const [actions, values, rules]: [string[], string[], string[]] = [[], [], []];
  const moveAside = (column: string) => {
    statements.push(`ALTER TABLE ${quote(name)} RENAME COLUMN ${quote(column)} TO ${quote(column + ASIDE)}`);
    places.set(column, column + ASIDE);
    notes.push(`${name}.${column} is called ${column + ASIDE} now: Switchboard has a column of that name for something else`);
  };
  for (const column of aside) moveAside(column);
  const at = (...names: string[]) => {
    const place = names.map((each) => places.get(each)).find((each) => each !== undefined);
    return place === undefined ? undefined : quote(place);
  };
  for (const each of wanted) {
    const column = table.get(each.name);
    const using = column === undefined ? undefined : conversion(column, each);
    const own = quote(each.name);
    if (column !== undefined && using !== undefined) {
      if (!hasType(column, each)) actions.push(...convert(column, each, using));
    } else if (each.required === true) problems.push(`"${name}" has no column ${each.name} of the type ${typeOf(each)}`);
    else {
      if (column !== undefined) moveAside(each.name);
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
    if (wanted.some((each) => each.name === column.name && places.get(column.name) === column.name) || column.nullable || column.fills)
      continue;
    rules.push(`ALTER COLUMN ${at(column.name)} DROP NOT NULL`);
    notes.push(`${name}.${places.get(column.name) ?? column.name} may be empty now: Switchboard does not fill it`);
  }
  if (actions.length > 0) statements.push(`ALTER TABLE ${quote(name)} ${actions.join(', ')}`);
  if (values.length > 0) statements.push(`UPDATE ${quote(name)} SET ${values.join(', ')}${name === 'ChatMessage' ? NUMBERED : ''}`);
  if (rules.length > 0) statements.push(`ALTER TABLE ${quote(name)} ${rules.join(', ')}`);
  return { statements, notes, problems };
}

/** The numbers that messages get: by when they were sent, and in one millisecond by their ids. */
const NUMBERED = `
  FROM (SELECT id AS "of", (row_number() OVER (PARTITION BY "clientId" ORDER BY "createdAt", id))::integer AS seq FROM "ChatMessage") numbered
  WHERE numbered."of" = "ChatMessage".id`;

function convert({ name, fills, type }: Column, wanted: Wanted, using: string): string[] {
  const own = quote(name);
  // The default of another type can't be carried along; the time of now can.
  const drop = fills && wanted.type !== 'timestamptz' && type !== 'smallint' ? [`ALTER COLUMN ${own} DROP DEFAULT`] : [];
  return [...drop, `ALTER COLUMN ${own} TYPE ${typeOf(wanted)} USING ${using}`];
}
