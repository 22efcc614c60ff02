import { z } from 'zod';

import { type Asking, explainNetworkError, isGatewayError, parseJson } from '../network.ts';
import { fail, ok, type Outcome } from '../outcome.ts';

/** The relay as browsers find it. */
export interface PublicRelay {
  /** NEXT_PUBLIC_SOCKET_URL. */
  readonly url: string;
  /** NEXT_PUBLIC_SOCKET_PATH. */
  readonly path: string;
  /** The console's and the frame's, which browsers send along. */
  readonly origin: string;
}

const openPacket = z.object({ sid: z.string() });
/** What Engine.IO says to a transport that it was told not to serve. */
const unknownTransport = z.object({ code: z.literal(0), message: z.string() });
const ourError = z.object({ error: z.object({ code: z.string(), message: z.string() }) });

/** Whether the first request of a connection reaches the relay at its public address and is let in. `polls`: whether it serves polling. */
export async function checkHandshake(relay: PublicRelay, { fetch, signal, polls }: Asking & { readonly polls: boolean }): Promise<Outcome> {
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
  // It has looked at path and origin before it says so; whether WebSockets reach it is looked at next.
  if (!polls && unknownTransport.safeParse(parseJson(text)).success) return ok(`${url}${path}`);
  const { data: packet } = openPacket.safeParse(text.startsWith('0') ? parseJson(text.slice(1)) : undefined);
  if (packet === undefined) return explainAnswer(response, text, relay);
  await fetch(`${address}&sid=${packet.sid}`, { method: 'POST', body: '1', headers: { origin }, signal }).catch(
    // The relay forgets the connection by itself in a while.
    () => undefined,
  );
  const allowed = response.headers.get('access-control-allow-origin');
  if (allowed !== origin && new URL(url).origin !== origin)
    return fail(
      `its answers allow the origin ${allowed === null ? 'of nobody' : `"${allowed}"`} instead of ${origin} (Access-Control-Allow-Origin)`,
      'Have the proxy pass the headers of the relay on, and add none of this kind.',
    );
  return ok(`${url}${path}`);
}

function explainAnswer({ status, headers }: Response, text: string, { url, path, origin }: PublicRelay): Outcome {
  const { data } = ourError.safeParse(parseJson(text));
  if (data?.error.message === 'Origin not allowed')
    return fail(
      `the relay refuses pages from ${origin}`,
      'Start it with the same FRONTEND_URL as the web app: scheme, host and port count.',
    );
  if (status === 404)
    return fail(
      data?.error.code === 'not_found' ? `the relay is there, but not under the path ${path}` : `a server answers 404 at ${url}${path}`,
      'NEXT_PUBLIC_SOCKET_PATH must be /chat, or what the proxy turns into /chat; NEXT_PUBLIC_SOCKET_URL must lead to the relay.',
    );
  if (data !== undefined) return fail(`the relay refuses: ${data.error.message} (${data.error.code})`, "See the relay's log.");
  if (isGatewayError(status))
    return fail(
      `${url}: a proxy answers with status ${status}: it does not reach the relay`,
      'Lead it to the port of the relay, and see its log.',
    );
  if (status >= 300 && status < 400)
    return fail(
      `${url} leads elsewhere, to ${headers.get('location') ?? 'nowhere'}`,
      'Browsers follow no redirect with a WebSocket: set NEXT_PUBLIC_SOCKET_URL to the last address.',
    );
  return fail(
    `${url}${path} answers with status ${status}, and not as a relay does`,
    'Lead NEXT_PUBLIC_SOCKET_URL to the port of the relay.',
  );
}
