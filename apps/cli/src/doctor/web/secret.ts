import { type Asking, explainNetworkError } from '../network.ts';
import { fail, ok, type Outcome, skip, warn } from '../outcome.ts';
import { visitorToken } from '../token.ts';

/** Whether the web app at `url` believes tokens that are signed with `secret`. */
export async function checkSecretOf(
  secret: string | undefined,
  { url, fetch, signal }: Asking & { readonly url: string },
): Promise<Outcome> {
  if (secret === undefined) return skip('there is no JWT_SECRET yet; the first start makes one');
  try {
    const response = await fetch(`${url}/api/chat/messages?limit=1`, {
      headers: { authorization: `Bearer ${await visitorToken(secret)}` },
      signal,
    });
    await response.body?.cancel();
    const { status } = response;
    // It knows no such visitor; that it looked says enough.
    if (status === 404 || status === 200) return ok();
    if (status === 401)
      return fail(
        'the web app runs with another JWT_SECRET than this command, or with a clock that is a minute off',
        'Give web app, relay and this command the same JWT_SECRET and restart them.',
      );
    if (status === 503) return skip('the web app has no database at this moment');
    return warn(`a question with a token is answered with status ${status}`, "See the web app's log.");
  } catch (error) {
    return explainNetworkError(error, url);
  }
}
