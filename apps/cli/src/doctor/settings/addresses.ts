import { fail, ok, type Outcome, warn } from '../outcome.ts';

/** The addresses that people's browsers are given. */
export interface Addresses {
  readonly production: boolean;
  /** FRONTEND_URL, the canonical one first. */
  readonly origins: readonly string[];
  /** NEXT_PUBLIC_SOCKET_URL. */
  readonly socketUrl: string;
}

const isLocal = (url: string) => /^(localhost|.*\.localhost|127\.\d+\.\d+\.\d+|\[::1\]|0\.0\.0\.0)$/.test(new URL(url).hostname);
const isPlain = (url: string) => url.startsWith('http:');

/** Whether a browser elsewhere can use these addresses together. */
export function checkAddresses({ production, origins, socketUrl }: Addresses): Outcome {
  const [origin = ''] = origins;
  if (production && isLocal(origin))
    return fail(`FRONTEND_URL is ${origin}, which is everybody's own machine`, 'Set it to the address at which people reach the console.');
  if (!isLocal(origin) && isLocal(socketUrl))
    return fail(
      `NEXT_PUBLIC_SOCKET_URL is ${socketUrl}, which is everybody's own machine`,
      'Set it to the address at which browsers reach the relay.',
    );
  const secure = origins.find((url) => !isPlain(url));
  if (secure !== undefined && isPlain(socketUrl))
    return fail(
      `NEXT_PUBLIC_SOCKET_URL is ${socketUrl}, and browsers let a page at ${secure} open no connection without TLS (mixed content)`,
      'Put the relay behind TLS, too, and set NEXT_PUBLIC_SOCKET_URL to its https:// address.',
    );
  const plain = origins.find((url) => isPlain(url) && !isLocal(url));
  if (plain !== undefined)
    return warn(
      `${plain} (FRONTEND_URL) is without TLS: passwords and messages can be read on the way`,
      'Put it behind TLS and use https://.',
    );
  const local = production ? origins.find(isLocal) : undefined;
  if (local !== undefined)
    return warn(`FRONTEND_URL allows ${local}: a page on anybody's own machine may connect`, 'Take it out of the list.');
  return ok(`${origin}, relay at ${socketUrl}`);
}
