import { setTimeout as delay } from 'node:timers/promises';

import { createTokens } from '@switchboard/tokens';

import { codeOf } from './standalone/user-error.mjs';
import type { Config } from './config.ts';
import { dataDirAt } from './data-dir.ts';
import { readSecrets } from './secrets.ts';

/** Pauses before each attempt. Milliseconds. */
const RETRY_AFTER_MS = [0, 300, 1_000];
const TIMEOUT_MS = 2_000;
/** What a relay answers when it has taken a revocation. Another program on its port may answer 200 to anything. */
const TAKEN = 202;

/** Whether a relay took a revocation. */
export type Telling =
  | { readonly told: true }
  | {
      readonly told: false;
      /** Something answered, so connections may be open there. */
      readonly answered: boolean;
      /** What went wrong, as a clause without a full stop: `no relay answered at http://127.0.0.1:3001 (ECONNREFUSED)`. */
      readonly reason: string;
    };

/** Has the relay end an operator's connections, and refuse its tokens from before now. Tries a few times. */
export async function revokeAtRelay(config: Config, id: number): Promise<Telling> {
  const relay = config.relayInternalUrl;
  const secret = config.jwtSecret ?? (await readSecrets(dataDirAt(config.dataDir)))?.jwtSecret;
  if (secret === undefined)
    return { told: false, answered: false, reason: `the relay at ${relay} was not told, because JWT_SECRET is not set here` };
  const { token } = await createTokens([secret]).mintRelayToken({ role: 'service', id: 0, name: 'command line' });
  const revocation = { event: 'revoked', role: 'operator', id, at: Math.floor(Date.now() / 1_000) };
  let telling: Telling = { told: false, answered: false, reason: '' };
  for (const wait of RETRY_AFTER_MS) {
    await delay(wait);
    telling = await tellOnce(relay, token, revocation);
    if (telling.told) break;
  }
  return telling;
}

async function tellOnce(relay: string, token: string, revocation: object): Promise<Telling> {
  try {
    const response = await fetch(`${relay}/hints`, {
      method: 'POST',
      headers: { 'content-type': 'application/json', authorization: `Bearer ${token}` },
      body: JSON.stringify(revocation),
      signal: AbortSignal.timeout(TIMEOUT_MS),
      redirect: 'manual',
    });
    await response.body?.cancel();
    if (response.status === TAKEN) return { told: true };
    return { told: false, answered: true, reason: `${relay} did not take it (status ${response.status}${hintFor(response.status)})` };
  } catch (error) {
    return { told: false, answered: false, reason: `no relay answered at ${relay} (${reasonOf(error)})` };
  }
}

function hintFor(status: number): string {
  if (status === 401) return ': it has another JWT_SECRET than this command';
  if (status === 404) return ': a proxy, or another program';
  return '';
}

function reasonOf(error: unknown): string {
  const cause: unknown = error instanceof Error ? error.cause : undefined;
  const inner = cause instanceof AggregateError ? cause.errors[0] : cause;
  return codeOf(inner) ?? (inner instanceof Error ? inner.message : error instanceof Error ? error.message : String(error));
}
