import pg from 'pg';

import type { Database } from '../database.ts';

interface Statement {
  readonly text: string;
  readonly values: readonly unknown[];
}

/** A node of EXPLAIN's query plan. */
export interface PlanNode {
  readonly 'Node Type': string;
  readonly 'Relation Name'?: string;
  readonly 'Index Name'?: string;
  readonly 'Index Cond'?: string;
  /** Of an INSERT … ON CONFLICT. */
  readonly 'Conflict Arbiter Indexes'?: readonly string[];
  /** Rows per loop. */
  readonly 'Actual Rows': number;
  /** Rows per loop that it read for nothing. */
  readonly 'Rows Removed by Filter'?: number;
  readonly 'Actual Loops': number;
  readonly Plans?: readonly PlanNode[];
}

/** The statements that `work` sends on Prisma's connections, in order, without those that begin and end transactions. */
export async function recordStatements(work: () => Promise<unknown>): Promise<Statement[]> {
  const statements: Statement[] = [];
  const { prototype } = pg.Client as unknown as { prototype: { query: (...given: unknown[]) => unknown } };
  const original = prototype.query;
  prototype.query = function query(...given) {
    const [config, values] = given as [string | { text?: string; values?: unknown[] }, unknown[] | undefined];
    const text = typeof config === 'string' ? config : (config.text ?? '');
    if (/^\s*(?:SELECT|WITH|UPDATE|INSERT|DELETE)\b/i.test(text))
      statements.push({ text, values: (Array.isArray(values) ? values : typeof config === 'string' ? [] : config.values) ?? [] });
    return original.apply(this, given);
  };
  try {
    await work();
  } finally {
    prototype.query = original;
  }
  return statements;
}

/** All nodes of a statement's query plan. The statement is run and rolled back. */
export async function planOf({ prisma }: Database, { text, values }: Statement): Promise<PlanNode[]> {
  const rolledBack = new Error('rolled back');
  let top: PlanNode | undefined;
  await prisma
    .$transaction(async (tx) => {
      const rows = await tx.$queryRawUnsafe<{ 'QUERY PLAN': { Plan: PlanNode }[] }[]>(`EXPLAIN (ANALYZE, FORMAT JSON) ${text}`, ...values);
      top = rows[0]?.['QUERY PLAN'][0]?.Plan;
      throw rolledBack;
    })
    .catch((error: unknown) => {
      if (error !== rolledBack) throw error;
    });
  if (top === undefined) throw new Error(`No plan for ${text}`);
  return stepsOf(top);
}

function stepsOf(node: PlanNode): PlanNode[] {
  return [node, ...(node.Plans ?? []).flatMap(stepsOf)];
}

/**
 * The index conditions that the server would use for this statement on a table without the given index and without sequential scans. Which index it prefers
 * depends on statistics that a small test database does not have; which one it could use does not. The statement is not run, and nothing is changed.
 */
export async function indexConditionsWithout(url: string, index: string, table: string, statement: Statement): Promise<string[]> {
  const client = new pg.Client({ connectionString: url });
  await client.connect();
  try {
    await client.query('BEGIN');
    const ofTable = await client.query<{ name: string }>(
      'SELECT indexrelid::regclass::text AS name FROM pg_index WHERE indrelid = $1::regclass',
      [`"${table}"`],
    );
    const names = new Set(ofTable.rows.map(({ name }) => name.replaceAll('"', '')));
    if (!names.has(index)) throw new Error(`${table} has no index ${index}.`);
    await client.query(`DROP INDEX "${index}"`);
    await client.query('SET LOCAL enable_seqscan = off');
    const { rows } = await client.query<{ 'QUERY PLAN': { Plan: PlanNode }[] }>(`EXPLAIN (FORMAT JSON) ${statement.text}`, [
      ...statement.values,
    ]);
    const steps = rows.flatMap((row) => row['QUERY PLAN']).flatMap(({ Plan }) => stepsOf(Plan));
    if (!steps.some((step) => step['Relation Name'] === table)) throw new Error(`The statement does not read ${table}.`);
    return steps.flatMap((step) => (names.has(step['Index Name'] ?? '') ? (step['Index Cond'] ?? []) : []));
  } finally {
    await client.end();
  }
}
