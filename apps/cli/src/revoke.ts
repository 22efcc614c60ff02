import { setTimeout as delay } from 'node:timers/promises';

import { postHints, type RelayAnswer, revokedHint } from '@switchboard/relay-client';
import { createTokens } from '@switchboard/tokens';

import { codeOf } from './standalone/user-error.mjs';
import type { Config } from './config.ts';
import { dataDirAt } from './data-dir.ts';
import { readSecrets } from './secrets.ts';

/** Pauses before each attempt. Milliseconds. */
const RETRY_AFTER_MS = [0, 300, 1_000];

/** Whether a relay accepted a revocation. */
export type RevocationResult =
  | { readonly accepted: true }
  | {
      readonly accepted: false;
      /** Whether a server answered, so that connections may be open there. */
      readonly answered: boolean;
      /** The problem, as a clause without a final period: `no relay answered at http://127.0.0.1:3001 (ECONNREFUSED)`. */
      readonly reason: string;
    };

/** Makes the relay close an operator's connections and refuse their tokens issued before now. Retries a few times. */
export async function revokeAtRelay(config: Config, id: number): Promise<RevocationResult> {
  const relayUrl = config.relayInternalUrl;
  const secret = config.jwtSecret ?? (await readSecrets(dataDirAt(config.dataDir)))?.jwtSecret;
  if (secret === undefined)
    return { accepted: false, answered: false, reason: `the relay at ${relayUrl} was not notified, because JWT_SECRET is not set here` };
  const sender = { relayUrl, tokens: createTokens([secret]), name: 'command line' };
  const revocation = revokedHint({ role: 'operator', id }, new Date());
  let result: RevocationResult = { accepted: false, answered: false, reason: '' };
  for (const wait of RETRY_AFTER_MS) {
    await delay(wait);
    result = resultOf(await postHints(sender, [revocation]), relayUrl);
    if (result.accepted) break;
  }
  return result;
}

function resultOf(answer: RelayAnswer, relayUrl: string): RevocationResult {
  if (answer.outcome === 'taken') return { accepted: true };
  if (answer.outcome === 'unreachable')
    return { accepted: false, answered: false, reason: `no relay answered at ${relayUrl} (${reasonOf(answer.error)})` };
  const { status } = answer;
  return { accepted: false, answered: true, reason: `${relayUrl} did not accept it (status ${status}${explanationOf(status)})` };
}

function explanationOf(status: number): string {
  if (status === 401) return ': it has another JWT_SECRET than this command';
  if (status === 404) return ': a proxy, or another program';
  return '';
}

function reasonOf(error: unknown): string {
  const cause: unknown = error instanceof Error ? error.cause : undefined;
  const inner = cause instanceof AggregateError ? cause.errors[0] : cause;
  return codeOf(inner) ?? (inner instanceof Error ? inner.message : error instanceof Error ? error.message : String(error));
}
