import { randomUUID } from 'node:crypto';

import { createTokens } from '@switchboard/tokens';

/** The largest number that a row can have: no visitor has it. */
const NOBODY = 2_147_483_647;

/** A visitor's token that opens no conversation: there is no such visitor. */
export async function visitorToken(secret: string): Promise<string> {
  const claims = { role: 'client', id: NOBODY, name: 'doctor', sessionId: randomUUID() } as const;
  return (await createTokens([secret]).mintRelayToken(claims)).token;
}
