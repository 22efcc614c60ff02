import { fail, ok, type Outcome, warn } from '../outcome.ts';

/** The public addresses. */
export interface Addresses {
  readonly production: boolean;
  /** FRONTEND_URL, the canonical one first. */
  readonly origins: readonly string[];
  /** NEXT_PUBLIC_SOCKET_URL. */
  readonly socketUrl: string;
}

const isLocal = (url: string) => /^(localhost|.*\.localhost|127\.\d+\.\d+\.\d+|\[::1\]|0\.0\.0\.0)$/.test(new URL(url).hostname);
const isPlain = (url: string) => url.startsWith('http:');

/** Whether browsers on other machines can use these addresses together. */
export function checkAddresses({ production, origins, socketUrl }: Addresses): Outcome {
  const [origin = ''] = origins;
  if (production && isLocal(origin))
    return fail(`FRONTEND_URL is ${origin}, which other machines can't reach`, 'Set it to the address at which people reach the console.');
  if (!isLocal(origin) && isLocal(socketUrl))
    return fail(
      `NEXT_PUBLIC_SOCKET_URL is ${socketUrl}, which other machines can't reach`,
      'Set it to the address at which browsers reach the relay.',
    );
  const secure = origins.find((url) => !isPlain(url));
  if (secure !== undefined && isPlain(socketUrl))
    return fail(
      `NEXT_PUBLIC_SOCKET_URL is ${socketUrl}, but browsers don't let a page at ${secure} open a connection without TLS (mixed content)`,
      'Put the relay behind TLS, too, and set NEXT_PUBLIC_SOCKET_URL to its https:// address.',
    );
  const plain = origins.find((url) => isPlain(url) && !isLocal(url));
  if (plain !== undefined)
    return warn(
      `${plain} (FRONTEND_URL) does not use TLS: passwords and messages can be intercepted`,
      'Put it behind TLS and use https://.',
    );
  const local = production ? origins.find(isLocal) : undefined;
  if (local !== undefined)
    return warn(`FRONTEND_URL allows ${local}: pages on a person's own machine may connect`, 'Remove it from the list.');
  return ok(`${origin}, relay at ${socketUrl}`);
}
