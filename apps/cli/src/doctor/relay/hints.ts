import { postHints } from '@switchboard/relay-client';
import { createTokens } from '@switchboard/tokens';

import { type Asking, explainNetworkError } from '../network.ts';
import { fail, ok, type Outcome } from '../outcome.ts';

/** Whether the relay at `url` would take hints from the web app: an empty list, which it refuses for being empty and for nothing else. */
export async function checkHints({
  url,
  secret,
  fetch,
  signal,
}: Asking & { readonly url: string; readonly secret: string }): Promise<Outcome> {
  const answer = await postHints({ relayUrl: url, tokens: createTokens([secret]), name: 'doctor', fetch, signal }, []);
  if (answer.outcome === 'unreachable')
    return explainNetworkError(answer.error, url, {
      refused: 'Start the relay, or correct RELAY_INTERNAL_URL.',
      certificate: 'Let RELAY_INTERNAL_URL lead straight to the port of the relay, by http://: browsers do not use this address.',
      noTls: 'RELAY_INTERNAL_URL begins with https://, and the relay speaks http:// on its port.',
    });
  const status = answer.outcome === 'refused' ? answer.status : 202;
  if (status === 400) return ok(`${url}/hints`);
  if (status === 401)
    return fail(
      'the relay runs with another JWT_SECRET than this command, or with a clock that is a minute off',
      'Give web app, relay and this command the same JWT_SECRET and restart them.',
    );
  return fail(
    `${url}/hints answers with status ${status} instead of refusing an empty hint`,
    'RELAY_INTERNAL_URL must lead straight to the port of the relay.',
  );
}
