import { type Asking, explainNetworkError } from '../network.ts';
import { fail, ok, type Outcome } from '../outcome.ts';
import { serviceToken } from '../token.ts';

/** Whether the relay at `url` would take hints from the web app: an empty request, which it refuses for being empty and for nothing else. */
export async function checkHints({
  url,
  secret,
  fetch,
  signal,
}: Asking & { readonly url: string; readonly secret: string }): Promise<Outcome> {
  try {
    const response = await fetch(`${url}/hints`, {
      method: 'POST',
      headers: { authorization: `Bearer ${await serviceToken(secret)}`, 'content-type': 'application/json' },
      signal,
      redirect: 'manual',
    });
    await response.body?.cancel();
    if (response.status === 400) return ok(`${url}/hints`);
    if (response.status === 401)
      return fail(
        'the relay runs with another JWT_SECRET than this command, or with a clock that is a minute off',
        'Give web app, relay and this command the same JWT_SECRET and restart them.',
      );
    return fail(
      `${url}/hints answers with status ${response.status} instead of refusing an empty hint`,
      'RELAY_INTERNAL_URL must lead straight to the port of the relay.',
    );
  } catch (error) {
    return explainNetworkError(error, url, {
      refused: 'Start the relay, or correct RELAY_INTERNAL_URL.',
      certificate: 'Let RELAY_INTERNAL_URL lead straight to the port of the relay, by http://: browsers do not use this address.',
      noTls: 'RELAY_INTERNAL_URL begins with https://, and the relay speaks http:// on its port.',
    });
  }
}
