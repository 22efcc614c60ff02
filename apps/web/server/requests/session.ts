import { errorFor } from '@switchboard/protocol';
import { headers } from 'next/headers';
import { cache } from 'react';

import type { LimitName } from '../parts/limits/limits.ts';
import { operatorOf, type Operator } from '../parts/auth/operator.ts';
import { operatorKey, consume } from './admission.ts';
import { services } from '../services/services.ts';

export type { Operator } from '../parts/auth/operator.ts';

/** The signed-in operator, undefined when nobody is signed in. For pages and server actions; read once per request. */
export const currentOperator: () => Promise<Operator | undefined> = cache(async () => {
  const found = await operatorOf(services().auth, await headers(), { prolong: false });
  return found.operator;
});

/** The signed-in operator, for server actions. Counts toward this limit. @throws ChatError `unauthenticated`, `rate_limited` */
export async function actingOperator(limit: LimitName = 'operatorRequests'): Promise<Operator> {
  const operator = await currentOperator();
  if (operator === undefined) throw errorFor('sign_in_required');
  await consume(limit, operatorKey(operator), services());
  return operator;
}
