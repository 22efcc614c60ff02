import { randomUUID } from 'node:crypto';

import { createOperator } from '@switchboard/chat';
import { openDatabase } from '@switchboard/database';
import { silentLogger } from '@switchboard/telemetry';

import type { OperatorAccount } from './control.ts';

const NAMES = ['Maya Lindqvist', 'Omar Haddad', 'Grace Okafor'] as const;
const PASSWORD = 'correct horse battery';

/** Makes the operators of a stack and signs each in, once. */
export async function makeOperators(databaseUrl: string, web: string): Promise<OperatorAccount[]> {
  const db = openDatabase({ url: databaseUrl, applicationName: 'switchboard-chaos', poolSize: 2 });
  try {
    const context = { db, clock: () => new Date(), ids: randomUUID, log: silentLogger, signUpload: (path: string) => path };
    const accounts: OperatorAccount[] = [];
    for (const [index, name] of NAMES.entries()) {
      const email = `operator-${index}@chaos.example`;
      const { id } = await createOperator(context, { email, name, password: PASSWORD, role: 'OPERATOR' });
      accounts.push({ id, name, cookie: await signIn(web, email) });
    }
    return accounts;
  } finally {
    await db.close();
  }
}

async function signIn(web: string, email: string): Promise<string> {
  const response = await fetch(`${web}/api/auth/sign-in/email`, {
    method: 'POST',
    headers: { 'content-type': 'application/json', origin: web },
    body: JSON.stringify({ email, password: PASSWORD }),
  });
  if (!response.ok) throw new Error(`${email} could not sign in: ${response.status} ${await response.text()}`);
  return response.headers
    .getSetCookie()
    .map((cookie) => cookie.split(';')[0])
    .join('; ');
}
