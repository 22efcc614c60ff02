import { createOperators } from '../../harness/create-operators.ts';
import { signIn } from '../../harness/operators.ts';
import type { OperatorAccount } from './control.ts';

const OPERATORS = ['Maya Lindqvist', 'Omar Haddad', 'Grace Okafor'].map((name, index) => ({
  name,
  email: `operator-${index}@chaos.example`,
  password: 'correct horse battery',
}));

/** Creates the operators of a stack and signs each in. */
export async function makeOperators(databaseUrl: string, web: string): Promise<OperatorAccount[]> {
  return await signInAll(await createOperators(databaseUrl, OPERATORS), web);
}

/** Signs all of them in again after their sessions have ended. @param ids in the order of creation */
export async function signInAll(ids: readonly number[], web: string): Promise<OperatorAccount[]> {
  const accounts: OperatorAccount[] = [];
  for (const [index, operator] of OPERATORS.entries()) {
    const cookies = await signIn(web, operator);
    accounts.push({ id: ids[index] ?? 0, name: operator.name, cookie: cookies.map(({ name, value }) => `${name}=${value}`).join('; ') });
  }
  return accounts;
}
