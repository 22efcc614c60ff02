import type { HintRequest } from '@switchboard/protocol';
import type { Tokens } from '@switchboard/tokens';
import { z } from 'zod';

/** Who sends, and to which relay. */
export interface HintSender {
  /** Of the relay, without a slash at its end. */
  readonly relayUrl: string;
  readonly tokens: Pick<Tokens, 'mintRelayToken'>;
  /** The sender's name in its token. */
  readonly name: string;
  readonly fetch?: typeof fetch;
  /** Ends the request early; without it the request ends after `TIMEOUT_MS`. */
  readonly signal?: AbortSignal;
}

/** What became of a request. */
export type RelayAnswer =
  /** `node`: which process of the relay took it, undefined for an older relay, which does not say. */
  | { readonly outcome: 'taken'; readonly node: string | undefined }
  /** Something answered, but it did not take the hints. */
  | { readonly outcome: 'refused'; readonly status: number }
  | { readonly outcome: 'unreachable'; readonly error: unknown };

/** A relay takes this many hints in one request. */
export const MAX_HINTS = 100;

const TIMEOUT_MS = 2_000;
/** Another program on the relay's port may answer 200 to anything. */
const TAKEN = 202;
const answerBody = z.object({ node: z.string().min(1).max(200).optional() });

/** Posts hints to a relay as a service, `MAX_HINTS` at most. A relay refuses an empty list with status 400. Never rejects. */
export async function postHints(sender: HintSender, hints: readonly HintRequest[]): Promise<RelayAnswer> {
  const { relayUrl, tokens, name, fetch = globalThis.fetch, signal = AbortSignal.timeout(TIMEOUT_MS) } = sender;
  try {
    const { token } = await tokens.mintRelayToken({ role: 'service', id: 0, name });
    const response = await fetch(`${relayUrl}/hints`, {
      method: 'POST',
      headers: { 'content-type': 'application/json', authorization: `Bearer ${token}` },
      body: JSON.stringify(hints),
      signal,
      // The token is for the relay alone.
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
    // Not JSON: it does not say which process it is.
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
