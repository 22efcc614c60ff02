import pg from 'pg';

import type { Database } from '../database.ts';

interface Statement {
  readonly text: string;
  readonly values: readonly unknown[];
}

/** One step of how the server runs a statement, as EXPLAIN says it. */
export interface PlanNode {
  readonly 'Node Type': string;
  readonly 'Relation Name'?: string;
  readonly 'Index Name'?: string;
  /** Of one loop. */
  readonly 'Actual Rows': number;
  readonly 'Actual Loops': number;
  readonly Plans?: readonly PlanNode[];
}

/** The statements that `work` has sent over Prisma's connections, in their order, without those that begin and end transactions. */
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

/** Every step of how the server runs a statement. It is run, and taken back. */
export async function planOf({ prisma }: Database, { text, values }: Statement): Promise<PlanNode[]> {
  const taken = new Error('taken back');
  let top: PlanNode | undefined;
  await prisma
    .$transaction(async (tx) => {
      const rows = await tx.$queryRawUnsafe<{ 'QUERY PLAN': { Plan: PlanNode }[] }[]>(`EXPLAIN (ANALYZE, FORMAT JSON) ${text}`, ...values);
      top = rows[0]?.['QUERY PLAN'][0]?.Plan;
      throw taken;
    })
    .catch((error: unknown) => {
      if (error !== taken) throw error;
    });
  if (top === undefined) throw new Error(`No plan for ${text}`);
  const nodes = (node: PlanNode): PlanNode[] => [node, ...(node.Plans ?? []).flatMap(nodes)];
  return nodes(top);
}
