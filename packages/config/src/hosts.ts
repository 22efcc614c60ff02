const LOOPBACK = '127.0.0.1';

/** Addresses that stand for every interface, as URLs spell them, and where a server that listens there is asked. */
const EVERY_INTERFACE: Readonly<Record<string, string>> = {
  '0.0.0.0': LOOPBACK,
  '[::]': '[::1]',
  // 0.0.0.0 in IPv6 notation: a socket for IPv4 alone.
  '[::ffff:0:0]': LOOPBACK,
};

/** An address or name as a URL spells it (`[::1]`, with brackets), undefined when it is neither. `host` may have the brackets already. */
function urlHost(host: string): string | undefined {
  const bare = /^\[(.*)\]$/.exec(host)?.[1] ?? host;
  const url = `http://${bare.includes(':') ? `[${bare}]` : bare}:1/`;
  return URL.canParse(url) ? new URL(url).hostname : undefined;
}

/** Whether it is an IPv4 or IPv6 address (brackets or not) or a host name. */
export function isHost(host: string): boolean {
  return /^(\[[\da-f.]*:[\da-f:.]*\]|[\da-f.]*:[\da-f:.]*|[\w.-]+)$/i.test(host) && urlHost(host) !== undefined;
}

/**
 * The host, as it stands in a URL, at which a server that listens on `host` of this machine is reached.
 *
 * @param host an address or name for which `isHost` holds; undefined: every interface
 */
export function hostToAsk(host: string | undefined): string {
  if (host === undefined) return LOOPBACK;
  const spelled = urlHost(host) ?? host;
  return EVERY_INTERFACE[spelled] ?? spelled;
}
