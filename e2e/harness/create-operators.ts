import { randomUUID } from 'node:crypto';

import { createOperator, SYSTEM } from '@switchboard/chat';
import { openDatabase } from '@switchboard/database';
import { silentLogger } from '@switchboard/telemetry';

import type { SignIn } from './operators.ts';

/** Creates operators without sessions, and returns their ids. */
export async function createOperators(databaseUrl: string, operators: readonly (SignIn & { readonly name: string })[]): Promise<number[]> {
  const db = openDatabase({ url: databaseUrl, applicationName: 'switchboard-test', poolSize: 2 });
  try {
    const context = { db, clock: () => new Date(), ids: randomUUID, log: silentLogger, signUpload: (path: string) => path };
    const ids: number[] = [];
    for (const { email, name, password } of operators)
      ids.push((await createOperator(context, SYSTEM, { email, name, password, role: 'OPERATOR' })).id);
    return ids;
  } finally {
    await db.close();
  }
}
