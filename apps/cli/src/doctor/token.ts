import { randomUUID } from 'node:crypto';

import { createTokens } from '@switchboard/tokens';

/** The largest possible id, which no visitor has. */
const NOBODY = 2_147_483_647;

/** A valid token of a visitor who does not exist. */
export async function visitorToken(secret: string): Promise<string> {
  const claims = { role: 'client', id: NOBODY, name: 'doctor', sessionId: randomUUID() } as const;
  return (await createTokens([secret]).mintRelayToken(claims)).token;
}
