import { ChatError } from '@switchboard/protocol';
import { headers } from 'next/headers';
import { cache } from 'react';

import { operatorOf, type Operator } from './operator.ts';
import { services } from './services.ts';

export type { Operator } from './operator.ts';

/** The operator whose browser asks, undefined when nobody is signed in. For pages and server actions; looked up once per request. */
export const currentOperator: () => Promise<Operator | undefined> = cache(async () => {
  const found = await operatorOf(services().auth, await headers());
  return found.operator;
});

/** The signed-in operator, for server actions. @throws ChatError `unauthenticated` */
export async function actingOperator(): Promise<Operator> {
  const operator = await currentOperator();
  if (operator === undefined) throw new ChatError('unauthenticated', 'Sign in first.');
  return operator;
}
