import { isAdditive, type Migration } from './list.ts';
import { concurrentIndex, splitStatements } from './sql-statements.ts';

/** What a migration may not hold, and what to write instead. */
interface Rule {
  readonly matches: RegExp;
  readonly instead: string;
}

const VALIDATE_LATER = 'ADD CONSTRAINT … NOT VALID, and VALIDATE CONSTRAINT in a migration of its own';
const STEPS = 'a column without a default, filled in steps: a value of its own for each row writes the whole table anew under a lock';

/** Of one action of an ALTER TABLE: what reads or writes the whole table under a lock, or what the running version can't live with. */
const ACTIONS: readonly Rule[] = [
  { matches: /\b(?:FOREIGN KEY|REFERENCES|CHECK)\b(?!.*\bNOT VALID\b)/, instead: VALIDATE_LATER },
  {
    matches: /\b(?:UNIQUE|PRIMARY KEY)\b(?! USING INDEX)/,
    instead: 'CREATE UNIQUE INDEX CONCURRENTLY, and USING INDEX if it must be a constraint',
  },
  { matches: /\bEXCLUDE\b/, instead: 'another way: an exclusion constraint can only be built under a lock' },
  {
    matches: /\bSET NOT NULL\b/,
    instead: 'ADD CONSTRAINT … CHECK (… IS NOT NULL) NOT VALID, and VALIDATE CONSTRAINT in a migration of its own',
  },
  {
    matches: /^ALTER (?:COLUMN )?\S+ (?:SET DATA )?TYPE\b/,
    instead: 'a new column, filled in steps: a change of type writes the whole table anew under a lock',
  },
  { matches: /^ADD\b.*\b(?:(?:BIG|SMALL)?SERIAL|GENERATED)\b/, instead: STEPS },
  { matches: /^ADD\b.*\bDEFAULT (?:GEN_RANDOM_UUID|RANDOM|CLOCK_TIMESTAMP|NEXTVAL)\b/, instead: STEPS },
  {
    matches: /^ADD (?!CONSTRAINT)(?=.*\bNOT NULL\b)(?!.*\bDEFAULT\b)/,
    instead: 'a column that may be null or has a default: the running version does not fill it',
  },
  {
    matches: /^(?:SET LOGGED|SET UNLOGGED|SET TABLESPACE|CLUSTER ON)\b/,
    instead: 'another way: this writes the whole table anew under a lock',
  },
];

/** Of a statement about a table that was there before. */
const STATEMENTS: readonly Rule[] = [
  { matches: /^CREATE (?:UNIQUE )?INDEX (?!CONCURRENTLY)/, instead: 'CREATE INDEX CONCURRENTLY, alone in its migration' },
  {
    matches: /^(?:UPDATE|DELETE|INSERT|TRUNCATE|MERGE)\b/,
    instead: 'steps of bounded size in the program: rows that a migration changes stay locked until it ends',
  },
  { matches: /^(?:LOCK|CLUSTER|VACUUM)\b/, instead: 'another way: this locks the table' },
];

/** Of any statement. */
const EVERYWHERE: readonly Rule[] = [
  { matches: /^DROP INDEX (?!CONCURRENTLY)/, instead: 'DROP INDEX CONCURRENTLY, alone in its migration' },
  {
    matches: /^CREATE (?:UNIQUE )?INDEX CONCURRENTLY IF\b/,
    instead: 'it without IF NOT EXISTS: a broken index of that name must not be taken for it',
  },
  { matches: /^CREATE (?:UNIQUE )?INDEX (?:CONCURRENTLY )?ON\b/, instead: 'a name for the index' },
  { matches: /^REINDEX\b(?!.*\bCONCURRENTLY\b)/, instead: 'REINDEX CONCURRENTLY' },
  {
    matches: /^(?:BEGIN|START TRANSACTION|COMMIT|ROLLBACK|END|SAVEPOINT)\b/,
    instead: 'no such statement: each migration is one transaction already',
  },
];

/** A statement beside which an older version works on. */
const ADDITIVE = /^(?:CREATE (?:TABLE|TYPE|SEQUENCE|INDEX)|COMMENT ON)\b/;
/** The same for one action of an ALTER TABLE. */
const ADDITIVE_ACTION =
  /^ADD (?!CONSTRAINT)(?!.*\b(?:UNIQUE|CHECK)\b)|^ADD CONSTRAINT.*\bFOREIGN KEY\b.*\bON DELETE (?:SET NULL|CASCADE)\b|^VALIDATE CONSTRAINT\b/;

/**
 * What keeps a migration from being applied to a running system, in sentences; empty when nothing does. A migration that breaks a rule knowingly says
 * why in a comment: `-- allowed: the table is still empty`.
 */
export function findFaults({ name, sql }: Migration): string[] {
  const statements = splitStatements(sql).map((statement) => statement.replaceAll(/\s+/g, ' '));
  // Of a table made in the same migration nobody has anything to read or write yet.
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

/** The table that a statement is about, as it is written there. */
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
  return adds ? [] : ['it in a migration whose name does not say additive: a version that does not know of it can fail'];
}

/** A statement in capitals, with one letter for each name and text in quotes: what they hold are no keywords. */
function withoutNames(statement: string): string {
  return statement.replaceAll(/"[^"]*"|'[^']*'/g, 'x').toUpperCase();
}

/** What an ALTER TABLE does, one by one: its parts between commas that stand in no parentheses. */
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
