import type pg from 'pg';

import type { Table } from './catalogue.ts';

/** One question about rows that could not be taken over as they are. */
interface Check {
  readonly needs: readonly (readonly [table: string, column: string])[];
  readonly count: string;
  readonly says: (count: number) => string;
}

const CHECKS: readonly Check[] = [
  {
    needs: [['ChatMessage', 'clientId']],
    count: `"ChatMessage" m WHERE NOT EXISTS (SELECT 1 FROM "Client" c WHERE c.id = m."clientId")`,
    says: (count) => `${count} messages belong to no row of "Client"`,
  },
  {
    needs: [
      ['ChatMessage', 'operatorId'],
      ['User', 'id'],
    ],
    count: `"ChatMessage" m WHERE m."operatorId" IS NOT NULL AND NOT EXISTS (SELECT 1 FROM "User" u WHERE u.id = m."operatorId")`,
    says: (count) => `${count} messages name an operator that is not in "User"`,
  },
  {
    needs: [['User', 'email']],
    count: `(SELECT 1 FROM "User" WHERE email IS NOT NULL GROUP BY lower(btrim(email::text)) HAVING count(*) > 1) AS twice`,
    says: (count) => `${count} e-mail addresses in "User" belong to more than one row (upper and lower case are the same)`,
  },
  ...(
    [
      ['senderType', ['CLIENT', 'OPERATOR']],
      ['messageType', ['TEXT', 'IMAGE']],
    ] as const
  ).map(([column, labels]): Check => ({
    needs: [['ChatMessage', column]],
    count: `"ChatMessage" WHERE "${column}" IS NULL OR upper(btrim("${column}"::text)) NOT IN (${labels.map((label) => `'${label}'`).join(', ')})`,
    says: (count) => `${count} messages have a ${column} other than ${labels.join(' and ')}`,
  })),
];

/** What rows of the guide's tables can't be taken over, in parts of a sentence. */
export async function checkRows(client: pg.Client, tables: ReadonlyMap<string, Table>): Promise<string[]> {
  const problems: string[] = [];
  const names =
    tables.get('ChatMessage')?.has('operatorId') === true && !tables.has('User') ? ['there is no table "User" for its operators'] : [];
  for (const { needs, count, says } of CHECKS) {
    if (needs.some(([table, column]) => tables.get(table)?.has(column) !== true)) continue;
    const { rows } = await client.query<{ count: number }>(`SELECT count(*)::int AS count FROM ${count}`);
    if ((rows[0]?.count ?? 0) > 0) problems.push(says(rows[0]?.count ?? 0));
  }
  return [...names, ...problems];
}
