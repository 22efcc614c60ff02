import { subscribe, unsubscribe } from 'node:diagnostics_channel';
import type { IncomingMessage } from 'node:http';

/** Where a request's address is found by whoever handles it. Always written by us, so a client can't choose it. */
export const ADDRESS_HEADER = 'x-switchboard-address';

/**
 * The address of whoever asks: the socket's own, or with `trustedHops` reverse proxies in front the entry that the outermost of them wrote into
 * `X-Forwarded-For`. What stands before it anybody may have made up.
 */
export function clientAddress(peer: string | undefined, forwardedFor: string | undefined, trustedHops: number): string {
  const forwarded = (forwardedFor ?? '')
    .split(',')
    .map((entry) => entry.trim())
    .filter((entry) => entry !== '');
  const chain = [...forwarded, peer ?? 'unknown'];
  const address = chain[Math.max(0, chain.length - 1 - trustedHops)] ?? 'unknown';
  return address.replace(/^::ffff:(?=\d+\.)/i, '').slice(0, 64);
}

/**
 * Notes every request's address in `ADDRESS_HEADER` before Next.js sees it (a route handler has no socket, and Next.js believes any
 * `X-Forwarded-For`). Returns how to stop.
 */
export function noteClientAddresses(trustedHops: number): () => void {
  const note = (event: unknown) => {
    const { request } = event as { request: IncomingMessage };
    const forwarded = request.headers['x-forwarded-for'];
    request.headers[ADDRESS_HEADER] = clientAddress(
      request.socket.remoteAddress,
      Array.isArray(forwarded) ? forwarded.join(',') : forwarded,
      trustedHops,
    );
  };
  subscribe('http.server.request.start', note);
  return () => unsubscribe('http.server.request.start', note);
}

/** The address as a key for limits: one household or office counts as one, so of an IPv6 address only the first 64 bits. */
export function limitKey(address: string): string {
  if (!address.includes(':')) return address;
  const [head = '', tail] = address.split('%')[0]?.split('::') ?? [];
  const left = head === '' ? [] : head.split(':');
  const right = tail === undefined || tail === '' ? [] : tail.split(':');
  const zeros = tail === undefined ? [] : Array.from({ length: Math.max(0, 8 - left.length - right.length) }, () => '0');
  return [...left, ...zeros, ...right]
    .slice(0, 4)
    .map((group) => Number.parseInt(group, 16).toString(16))
    .join(':');
}
