import { type RequestContext, explainNetworkError } from '../network.ts';
import { fail, ok, type Outcome, skip, warn } from '../outcome.ts';
import { visitorToken } from '../token.ts';

/** Whether the web app at `url` accepts tokens that are signed with `secret`. */
export async function checkSecretOf(
  secret: string | undefined,
  { url, fetch, signal }: RequestContext & { readonly url: string },
): Promise<Outcome> {
  if (secret === undefined) return skip('there is no JWT_SECRET yet; the first start generates one');
  try {
    const response = await fetch(`${url}/api/chat/messages?limit=1`, {
      headers: { authorization: `Bearer ${await visitorToken(secret)}` },
      signal,
    });
    await response.body?.cancel();
    const { status } = response;
    // The visitor does not exist, but the web app has accepted the token.
    if (status === 404 || status === 200) return ok();
    if (status === 401)
      return fail(
        'the web app has another JWT_SECRET than this command, or its clock is a minute off',
        'Give web app, relay and this command the same JWT_SECRET and restart them.',
      );
    if (status === 503) return skip('the web app has no database at the moment');
    return warn(`a request with a token is answered with status ${status}`, "See the web app's log.");
  } catch (error) {
    return explainNetworkError(error, url);
  }
}
