import type pg from 'pg';

import type { Table } from './catalog.ts';

/** A check for rows that can't be taken over. */
interface Check {
  readonly needs: readonly (readonly [table: string, column: string])[];
  readonly count: string;
  readonly describe: (count: number) => string;
}

const CHECKS: readonly Check[] = [
  {
    needs: [['ChatMessage', 'clientId']],
    count: `"ChatMessage" m WHERE NOT EXISTS (SELECT 1 FROM "Client" c WHERE c.id = m."clientId")`,
    describe: (count) => `${count} messages belong to no row of "Client"`,
  },
  {
    needs: [
      ['ChatMessage', 'operatorId'],
      ['User', 'id'],
    ],
    count: `"ChatMessage" m WHERE m."operatorId" IS NOT NULL AND NOT EXISTS (SELECT 1 FROM "User" u WHERE u.id = m."operatorId")`,
    describe: (count) => `${count} messages name an operator that is not in "User"`,
  },
  {
    needs: [['User', 'email']],
    count: `(SELECT 1 FROM "User" WHERE email IS NOT NULL GROUP BY lower(btrim(email::text)) HAVING count(*) > 1) AS twice`,
    describe: (count) => `${count} e-mail addresses in "User" belong to more than one row (case is ignored)`,
  },
  ...(
    [
      ['senderType', ['CLIENT', 'OPERATOR']],
      ['messageType', ['TEXT', 'IMAGE']],
    ] as const
  ).map(([column, labels]): Check => ({
    needs: [['ChatMessage', column]],
    count: `"ChatMessage" WHERE "${column}" IS NULL OR upper(btrim("${column}"::text)) NOT IN (${labels.map((label) => `'${label}'`).join(', ')})`,
    describe: (count) => `${count} messages have a ${column} other than ${labels.join(' and ')}`,
  })),
];

/** The problems with rows of the guide's tables that can't be taken over, as clauses. */
export async function checkRows(client: pg.Client, tables: ReadonlyMap<string, Table>): Promise<string[]> {
  const problems: string[] = [];
  const names =
    tables.get('ChatMessage')?.has('operatorId') === true && !tables.has('User') ? ['there is no table "User" for its operators'] : [];
  for (const { needs, count, describe } of CHECKS) {
    if (needs.some(([table, column]) => tables.get(table)?.has(column) !== true)) continue;
    const { rows } = await client.query<{ count: number }>(`SELECT count(*)::int AS count FROM ${count}`);
    if ((rows[0]?.count ?? 0) > 0) problems.push(describe(rows[0]?.count ?? 0));
  }
  return [...names, ...problems];
}
