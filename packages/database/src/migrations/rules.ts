import { isAdditive, type Migration } from './list.ts';
import { concurrentIndex, splitStatements } from './sql-statements.ts';

/** Something that a migration must not contain, and what to write instead. */
interface Rule {
  readonly matches: RegExp;
  readonly instead: string;
}

const VALIDATE_LATER = 'ADD CONSTRAINT … NOT VALID, and VALIDATE CONSTRAINT in a separate migration';
const STEPS = 'a column without a default, filled in steps: a different value for each row rewrites the whole table under a lock';

/** Rules for an action of ALTER TABLE: it must not read or write the whole table under a lock, nor break the running version. */
const ACTIONS: readonly Rule[] = [
  { matches: /\b(?:FOREIGN KEY|REFERENCES|CHECK)\b(?!.*\bNOT VALID\b)/, instead: VALIDATE_LATER },
  {
    matches: /\b(?:UNIQUE|PRIMARY KEY)\b(?! USING INDEX)/,
    instead: 'CREATE UNIQUE INDEX CONCURRENTLY, and USING INDEX if it must be a constraint',
  },
  { matches: /\bEXCLUDE\b/, instead: 'another way: an exclusion constraint can only be built under a lock' },
  {
    matches: /\bSET NOT NULL\b/,
    instead: 'ADD CONSTRAINT … CHECK (… IS NOT NULL) NOT VALID, and VALIDATE CONSTRAINT in a separate migration',
  },
  {
    matches: /^ALTER (?:COLUMN )?\S+ (?:SET DATA )?TYPE\b/,
    instead: 'a new column, filled in steps: a change of type rewrites the whole table under a lock',
  },
  { matches: /^ADD\b.*\b(?:(?:BIG|SMALL)?SERIAL|GENERATED)\b/, instead: STEPS },
  { matches: /^ADD\b.*\bDEFAULT (?:GEN_RANDOM_UUID|RANDOM|CLOCK_TIMESTAMP|NEXTVAL)\b/, instead: STEPS },
  {
    matches: /^ADD (?!CONSTRAINT)(?=.*\bNOT NULL\b)(?!.*\bDEFAULT\b)/,
    instead: 'a column that may be null or has a default: the running version does not fill it',
  },
  {
    matches: /^(?:SET LOGGED|SET UNLOGGED|SET TABLESPACE|CLUSTER ON)\b/,
    instead: 'another way: this rewrites the whole table under a lock',
  },
];

/** Rules for a statement on an existing table. */
const STATEMENTS: readonly Rule[] = [
  { matches: /^CREATE (?:UNIQUE )?INDEX (?!CONCURRENTLY)/, instead: 'CREATE INDEX CONCURRENTLY, as the only statement of its migration' },
  {
    matches: /^(?:UPDATE|DELETE|INSERT|TRUNCATE|MERGE)\b/,
    instead: 'steps of bounded size in the program: rows changed by a migration stay locked until it ends',
  },
  { matches: /^(?:LOCK|CLUSTER|VACUUM)\b/, instead: 'another way: this locks the table' },
];

/** Rules for any statement. */
const EVERYWHERE: readonly Rule[] = [
  { matches: /^DROP INDEX (?!CONCURRENTLY)/, instead: 'DROP INDEX CONCURRENTLY, as the only statement of its migration' },
  {
    matches: /^CREATE (?:UNIQUE )?INDEX CONCURRENTLY IF\b/,
    instead: 'it without IF NOT EXISTS: an invalid index of that name must not count as done',
  },
  { matches: /^CREATE (?:UNIQUE )?INDEX (?:CONCURRENTLY )?ON\b/, instead: 'a name for the index' },
  { matches: /^REINDEX\b(?!.*\bCONCURRENTLY\b)/, instead: 'REINDEX CONCURRENTLY' },
  {
    matches: /^(?:BEGIN|START TRANSACTION|COMMIT|ROLLBACK|END|SAVEPOINT)\b/,
    instead: 'no such statement: each migration is already one transaction',
  },
];

/** A statement that does not affect older versions. */
const ADDITIVE = /^(?:CREATE (?:TABLE|TYPE|SEQUENCE|INDEX)|COMMENT ON)\b/;
/** The same for one action of an ALTER TABLE. */
const ADDITIVE_ACTION =
  /^ADD (?!CONSTRAINT)(?!.*\b(?:UNIQUE|CHECK)\b)|^ADD CONSTRAINT.*\bFOREIGN KEY\b.*\bON DELETE (?:SET NULL|CASCADE)\b|^VALIDATE CONSTRAINT\b/;

/**
 * Sentences that say why a migration can't be applied to a running system; empty when it can. A migration that breaks a rule on purpose says why in a comment:
 * `-- allowed: the table is still empty`.
 */
export function findProblems({ name, sql }: Migration): string[] {
  const statements = splitStatements(sql).map((statement) => statement.replaceAll(/\s+/g, ' '));
  // Tables that the same migration creates: they are empty and not in use.
  const made = new Set(statements.flatMap((statement) => /^CREATE TABLE (?:IF NOT EXISTS )?("[^"]+"|\w+)/i.exec(statement)?.[1] ?? []));
  const faults = statements.flatMap((statement) => {
    const table = tableOf(statement);
    const isNew = table !== undefined && made.has(table);
    const advice = [...adviceOnLocks(statement, isNew), ...(isAdditive(name) ? adviceOnAdding(statement, isNew) : [])];
    if (/\bCONCURRENTLY\b/i.test(statement) && concurrentIndex(sql) === undefined)
      advice.push('CONCURRENTLY as the only statement of a migration, and the name in double quotes');
    return advice.map((instead) => `${name}: "${statement.slice(0, 90)}": write ${instead}.`);
  });
  return /^--\s*allowed:\s*\S/m.test(sql) ? [] : faults;
}

/** The table that a statement concerns, as written in it. */
function tableOf(statement: string): string | undefined {
  const about =
    /^(?:ALTER TABLE|UPDATE|DELETE FROM|INSERT INTO|TRUNCATE(?: TABLE)?|MERGE INTO|LOCK(?: TABLE)?|CLUSTER|VACUUM|CREATE (?:UNIQUE )?INDEX .*? ON)(?: IF EXISTS)?(?: ONLY)? ("[^"]+"|\w+)/i;
  return about.exec(statement)?.[1];
}

function adviceOnLocks(statement: string, isNew: boolean): string[] {
  const plain = withoutNames(statement);
  const rules = [...EVERYWHERE, ...(isNew ? [] : STATEMENTS)].filter(({ matches }) => matches.test(plain));
  const broken = isNew ? [] : actionsOf(plain).flatMap((action) => ACTIONS.filter(({ matches }) => matches.test(action)));
  return [...rules, ...broken].map(({ instead }) => instead);
}

function adviceOnAdding(statement: string, isNew: boolean): string[] {
  const plain = withoutNames(statement);
  const actions = actionsOf(plain);
  const adds = isNew || ADDITIVE.test(plain) || (actions.length > 0 && actions.every((action) => ADDITIVE_ACTION.test(action)));
  return adds ? [] : ['it in a migration whose name does not say additive: an older version can fail because of it'];
}

/** A statement in upper case, with a placeholder for each quoted name and text, which contain no keywords. */
function withoutNames(statement: string): string {
  return statement.replaceAll(/"[^"]*"|'[^']*'/g, 'x').toUpperCase();
}

/** The actions of an ALTER TABLE: its parts between commas outside of parentheses. */
function actionsOf(plain: string): string[] {
  const rest = /^ALTER TABLE (?:IF EXISTS )?(?:ONLY )?\S+ (.*)$/.exec(plain)?.[1];
  if (rest === undefined) return [];
  let depth = 0;
  const actions = [''];
  for (const letter of rest) {
    depth += letter === '(' ? 1 : letter === ')' ? -1 : 0;
    if (letter === ',' && depth === 0) actions.push('');
    else actions.push((actions.pop() ?? '') + letter);
  }
  return actions.map((action) => action.trim());
}
