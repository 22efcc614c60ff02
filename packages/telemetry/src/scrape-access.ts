import { createHash, timingSafeEqual } from 'node:crypto';
import { BlockList, isIP } from 'node:net';

/** What a request for `/metrics` shows about its sender. */
export interface Scrape {
  readonly authorization: string | undefined;
  /** The remote address of the connection, whatever headers say. */
  readonly peer: string | undefined;
  /** Whether a proxy forwarded the request, so that `peer` is not the sender. */
  readonly forwarded: boolean;
}

const near = new BlockList();
near.addSubnet('127.0.0.0', 8, 'ipv4');
near.addSubnet('10.0.0.0', 8, 'ipv4');
near.addSubnet('172.16.0.0', 12, 'ipv4');
near.addSubnet('192.168.0.0', 16, 'ipv4');
near.addSubnet('169.254.0.0', 16, 'ipv4');
near.addAddress('::1', 'ipv6');
near.addSubnet('fc00::', 7, 'ipv6');
near.addSubnet('fe80::', 10, 'ipv6');

/** Headers in which proxies name the client they forward for. */
export const FORWARDING_HEADERS = ['x-forwarded-for', 'forwarded', 'x-real-ip'] as const;

/**
 * Whether a request may read the metrics. With a configured token, the request must carry it as `Authorization: Bearer …`, from any address. Without one,
 * it must come from this machine or a private network with no proxy in between (behind a proxy every request seems to come from there).
 */
export function mayScrape({ authorization, peer, forwarded }: Scrape, token: string | undefined): boolean {
  if (token !== undefined) return isSame(/^Bearer (\S+)$/i.exec(authorization ?? '')?.[1] ?? '', token);
  return !forwarded && isNear(peer ?? '');
}

function isNear(peer: string): boolean {
  const [address = ''] = peer.replace(/^::ffff:(?=\d+\.)/i, '').split('%');
  const family = isIP(address);
  return family !== 0 && near.check(address, family === 4 ? 'ipv4' : 'ipv6');
}

/** Compares in constant time. */
function isSame(shown: string, token: string): boolean {
  const digest = (text: string) => createHash('sha256').update(text).digest();
  return timingSafeEqual(digest(shown), digest(token));
}
