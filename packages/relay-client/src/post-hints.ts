import type { HintRequest } from '@switchboard/protocol';
import type { Tokens } from '@switchboard/tokens';
import { z } from 'zod';

/** The sender of hints, and the relay they go to. */
export interface HintSender {
  /** The relay's URL, without a trailing slash. */
  readonly relayUrl: string;
  readonly tokens: Pick<Tokens, 'mintRelayToken'>;
  /** The sender's name in its token. */
  readonly name: string;
  readonly fetch?: typeof fetch;
  /** Ends the request early; without it the request ends after `TIMEOUT_MS`. */
  readonly signal?: AbortSignal;
}

/** The outcome of a request. */
export type RelayAnswer =
  /** `node`: the relay process that took the hints; undefined for an older relay, which does not say. */
  | { readonly outcome: 'taken'; readonly node: string | undefined }
  /** A server answered but did not take the hints. */
  | { readonly outcome: 'refused'; readonly status: number }
  | { readonly outcome: 'unreachable'; readonly error: unknown };

/** The most hints that a relay takes in one request. */
export const MAX_HINTS = 100;

const TIMEOUT_MS = 2_000;
/** Not 200: another program on the relay's port may answer 200 to anything. */
const TAKEN = 202;
const answerBody = z.object({ node: z.string().min(1).max(200).optional() });

/** Posts up to `MAX_HINTS` hints to a relay with a service token. A relay refuses an empty list with status 400. Never rejects. */
export async function postHints(sender: HintSender, hints: readonly HintRequest[]): Promise<RelayAnswer> {
  const { relayUrl, tokens, name, fetch = globalThis.fetch, signal = AbortSignal.timeout(TIMEOUT_MS) } = sender;
  try {
    const { token } = await tokens.mintRelayToken({ role: 'service', id: 0, name });
    const response = await fetch(`${relayUrl}/hints`, {
      method: 'POST',
      headers: { 'content-type': 'application/json', authorization: `Bearer ${token}` },
      body: JSON.stringify(hints),
      signal,
      // The token must not reach another server.
      redirect: 'manual',
    });
    if (response.status === TAKEN) return { outcome: 'taken', node: nodeOf(await response.text()) };
    await response.body?.cancel();
    return { outcome: 'refused', status: response.status };
  } catch (error) {
    return { outcome: 'unreachable', error };
  }
}

function nodeOf(body: string): string | undefined {
  try {
    return answerBody.safeParse(JSON.parse(body)).data?.node;
  } catch {
    // Not JSON: the relay does not name its process.
    return undefined;
  }
}

/** Why hints were not taken, in a few words for a log. */
export function reasonOf(answer: Exclude<RelayAnswer, { outcome: 'taken' }>): string {
  if (answer.outcome === 'refused') return `status ${answer.status}`;
  const { error } = answer;
  if (!(error instanceof Error)) return String(error);
  return error.cause instanceof Error ? `${error.message}: ${error.cause.message}` : error.message;
}
