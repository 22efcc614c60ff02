import type { Database } from '@switchboard/database';

import { fail, ok, type Outcome } from '../outcome.ts';

/** Whether there is an operator. */
export async function checkOperators({ prisma }: Pick<Database, 'prisma'>): Promise<Outcome> {
  const count = await prisma.user.count();
  if (count > 0) return ok(`${count}`);
  return fail(
    'there is none, so nobody can answer visitors',
    'Open the link in first-administrator.txt of the data folder, or create one: npm run switchboard -- operator create --email you@example.com --name "Your Name" --password "at least ten characters"',
  );
}
