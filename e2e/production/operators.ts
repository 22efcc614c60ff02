import { randomUUID } from 'node:crypto';

import { createOperator } from '@switchboard/chat';
import { openDatabase } from '@switchboard/database';
import { silentLogger } from '@switchboard/telemetry';

import type { Operator } from '../stage/operators.ts';

/** Makes operators who have not signed in yet. */
export async function makeOperators(databaseUrl: string, operators: readonly Operator[]): Promise<void> {
  const db = openDatabase({ url: databaseUrl, applicationName: 'switchboard-test', poolSize: 2 });
  try {
    const context = { db, clock: () => new Date(), ids: randomUUID, log: silentLogger, signUpload: (path: string) => path };
    for (const { email, name, password } of operators) await createOperator(context, { email, name, password, role: 'OPERATOR' });
  } finally {
    await db.close();
  }
}
