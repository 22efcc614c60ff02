const LOOPBACK = '127.0.0.1';

/** Addresses that mean every interface, as URLs spell them → the host at which a server that listens there is reached. */
const EVERY_INTERFACE: Readonly<Record<string, string>> = {
  '0.0.0.0': LOOPBACK,
  '[::]': '[::1]',
  // 0.0.0.0 in IPv6 notation: IPv4 only.
  '[::ffff:0:0]': LOOPBACK,
};

/** An address or host name as URLs spell it (`[::1]`, with brackets), undefined for anything else. `host` may already have the brackets. */
function urlHost(host: string): string | undefined {
  const bare = /^\[(.*)\]$/.exec(host)?.[1] ?? host;
  const url = `http://${bare.includes(':') ? `[${bare}]` : bare}:1/`;
  return URL.canParse(url) ? new URL(url).hostname : undefined;
}

/** Whether a text is an IPv4 address, an IPv6 address (with or without brackets) or a host name. */
export function isHost(host: string): boolean {
  return /^(\[[\da-f.]*:[\da-f:.]*\]|[\da-f.]*:[\da-f:.]*|[\w.-]+)$/i.test(host) && urlHost(host) !== undefined;
}

/**
 * The host, as URLs spell it, at which this machine reaches a server that listens on `host`.
 *
 * @param host a text for which `isHost` is true; undefined means every interface
 */
export function reachableHost(host: string | undefined): string {
  if (host === undefined) return LOOPBACK;
  const spelled = urlHost(host) ?? host;
  return EVERY_INTERFACE[spelled] ?? spelled;
}
