import { createHash, timingSafeEqual } from 'node:crypto';
import { BlockList, isIP } from 'node:net';

/** What a request for `/metrics` shows of whoever asks. */
export interface Scrape {
  readonly authorization: string | undefined;
  /** The other end of the connection itself, whatever headers say. */
  readonly peer: string | undefined;
  /** A proxy has passed it on, so that the peer is not who asks. */
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

/** Headers by which proxies say whom they ask for. */
export const FORWARDING_HEADERS = ['x-forwarded-for', 'forwarded', 'x-real-ip'] as const;

/**
 * Whether this request may read the metrics. With a token: who shows it as `Authorization: Bearer …`, from wherever. Without one: who connects from this
 * machine or a private network, with no proxy in between (through a proxy everybody seems to come from there).
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

/** Takes as long for a wrong token as for the right one. */
function isSame(shown: string, token: string): boolean {
  const digest = (text: string) => createHash('sha256').update(text).digest();
  return timingSafeEqual(digest(shown), digest(token));
}
