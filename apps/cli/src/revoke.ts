import { setTimeout as delay } from 'node:timers/promises';

import { createTokens } from '@switchboard/tokens';

import type { Config } from './config.ts';
import { openDataDir } from './data-dir.ts';
import { readSecrets } from './secrets.ts';

/** Pauses before each attempt. Milliseconds. */
const RETRY_AFTER_MS = [0, 300, 1_000];
const TIMEOUT_MS = 2_000;

/**
 * Has the relay end an operator's connections, and refuse its tokens from before now.
 *
 * @returns what went wrong, in a few words; undefined when it is done, or when no relay runs that could have connections
 */
export async function revokeAtRelay(config: Config, id: number): Promise<string | undefined> {
  const secret = config.jwtSecret ?? (await readSecrets(await openDataDir(config.dataDir)))?.jwtSecret;
  // Without a secret no relay has ever run here.
  if (secret === undefined) return undefined;
  const relay = config.relayInternalUrl;
  const { token } = await createTokens([secret]).mintRelayToken({ role: 'service', id: 0, name: 'command line' });
  const revocation = { event: 'revoked', role: 'operator', id, at: Math.floor(Date.now() / 1_000) };
  let trouble: string | undefined;
  for (const wait of RETRY_AFTER_MS) {
    await delay(wait);
    try {
      const response = await fetch(`${relay}/hints`, {
        method: 'POST',
        headers: { 'content-type': 'application/json', authorization: `Bearer ${token}` },
        body: JSON.stringify(revocation),
        signal: AbortSignal.timeout(TIMEOUT_MS),
        redirect: 'error',
      });
      await response.body?.cancel();
      if (response.ok) return undefined;
      trouble = `${relay} answers with status ${response.status}`;
    } catch (error) {
      if (isRefused(error)) return undefined;
      trouble = `${relay}: ${error instanceof Error ? error.message : String(error)}`;
    }
  }
  return trouble;
}

/** Nobody listens there, so nobody is connected. */
function isRefused(error: unknown): boolean {
  const cause: unknown = error instanceof Error ? error.cause : undefined;
  return cause instanceof Error && 'code' in cause && cause.code === 'ECONNREFUSED';
}
