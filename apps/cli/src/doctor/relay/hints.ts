import { postHints } from '@switchboard/relay-client';
import { createTokens } from '@switchboard/tokens';

import { type RequestContext, explainNetworkError } from '../network.ts';
import { fail, ok, type Outcome } from '../outcome.ts';

/** Whether the relay at `url` would accept hints from the web app. Posts an empty list, which a relay refuses only because it is empty. */
export async function checkHints({
  url,
  secret,
  fetch,
  signal,
}: RequestContext & { readonly url: string; readonly secret: string }): Promise<Outcome> {
  const answer = await postHints({ relayUrl: url, tokens: createTokens([secret]), name: 'doctor', fetch, signal }, []);
  if (answer.outcome === 'unreachable')
    return explainNetworkError(answer.error, url, {
      refused: 'Start the relay, or correct RELAY_INTERNAL_URL.',
      certificate: 'Point RELAY_INTERNAL_URL directly to the relay’s port with http://: browsers do not use this address.',
      noTls: 'RELAY_INTERNAL_URL begins with https://, but the relay serves http:// on its port.',
    });
  const status = answer.outcome === 'refused' ? answer.status : 202;
  if (status === 400) return ok(`${url}/hints`);
  if (status === 401)
    return fail(
      'the relay has another JWT_SECRET than this command, or its clock is a minute off',
      'Give web app, relay and this command the same JWT_SECRET and restart them.',
    );
  return fail(
    `${url}/hints answers with status ${status} instead of refusing an empty list`,
    'RELAY_INTERNAL_URL must point directly to the relay’s port.',
  );
}
