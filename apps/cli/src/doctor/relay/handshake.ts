import { z } from 'zod';

import { type RequestContext, explainNetworkError, isGatewayError, parseJson } from '../network.ts';
import { fail, ok, type Outcome } from '../outcome.ts';

/** The relay's public address. */
export interface PublicRelay {
  /** NEXT_PUBLIC_SOCKET_URL. */
  readonly url: string;
  /** NEXT_PUBLIC_SOCKET_PATH. */
  readonly path: string;
  /** The origin of the console and the frame, which browsers send. */
  readonly origin: string;
}

const openPacket = z.object({ sid: z.string() });
/** Engine.IO's answer to a disabled transport. */
const unknownTransport = z.object({ code: z.literal(0), message: z.string() });
const ourError = z.object({ error: z.object({ code: z.string(), message: z.string() }) });

/** Whether the relay accepts the first request of a connection at its public address. `polls`: whether it serves polling. */
export async function checkHandshake(
  relay: PublicRelay,
  { fetch, signal, polls }: RequestContext & { readonly polls: boolean },
): Promise<Outcome> {
  const { url, path, origin } = relay;
  const address = `${url}${path}/?EIO=4&transport=polling`;
  let response: Response;
  let text: string;
  try {
    response = await fetch(address, { headers: { origin }, signal, redirect: 'manual' });
    text = await response.text();
  } catch (error) {
    return explainNetworkError(error, url, { refused: 'Start the relay or its proxy, or correct NEXT_PUBLIC_SOCKET_URL.' });
  }
  // The relay has checked path and origin before this answer. Another check tests WebSockets.
  if (!polls && unknownTransport.safeParse(parseJson(text)).success) return ok(`${url}${path}`);
  const { data: packet } = openPacket.safeParse(text.startsWith('0') ? parseJson(text.slice(1)) : undefined);
  if (packet === undefined) return explainAnswer(response, text, relay);
  await fetch(`${address}&sid=${packet.sid}`, { method: 'POST', body: '1', headers: { origin }, signal }).catch(
    // The relay drops the connection after a timeout.
    () => undefined,
  );
  const allowed = response.headers.get('access-control-allow-origin');
  if (allowed !== origin && new URL(url).origin !== origin)
    return fail(
      `its answers allow ${allowed === null ? 'no origin' : `the origin "${allowed}"`} instead of ${origin} (Access-Control-Allow-Origin)`,
      'Make the proxy pass on the relay’s headers, and not set this one itself.',
    );
  return ok(`${url}${path}`);
}

function explainAnswer({ status, headers }: Response, text: string, { url, path, origin }: PublicRelay): Outcome {
  const { data } = ourError.safeParse(parseJson(text));
  if (data?.error.message === 'Origin not allowed')
    return fail(
      `the relay refuses pages from ${origin}`,
      'Start it with the same FRONTEND_URL as the web app: scheme, host and port must match.',
    );
  if (status === 404)
    return fail(
      data?.error.code === 'not_found' ? `the relay answers, but not under the path ${path}` : `a server answers 404 at ${url}${path}`,
      'NEXT_PUBLIC_SOCKET_PATH must be /chat, or a path that the proxy rewrites to /chat; NEXT_PUBLIC_SOCKET_URL must point to the relay.',
    );
  if (data !== undefined) return fail(`the relay refuses: ${data.error.message} (${data.error.code})`, "See the relay's log.");
  if (isGatewayError(status))
    return fail(
      `${url}: a proxy answers with status ${status}: it can't reach the relay`,
      'Point it to the relay’s port, and see its log.',
    );
  if (status >= 300 && status < 400)
    return fail(
      `${url} redirects to ${headers.get('location') ?? 'nowhere'}`,
      'Browsers follow no redirects for WebSockets: set NEXT_PUBLIC_SOCKET_URL to the final address.',
    );
  return fail(`${url}${path} answers with status ${status}, unlike a relay`, 'Point NEXT_PUBLIC_SOCKET_URL to the relay’s port.');
}
