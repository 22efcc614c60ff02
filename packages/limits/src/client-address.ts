import { isIPv4, isIPv6 } from 'node:net';

/** The key of everything that is not an address: a proxy's `unknown`, made-up text, a closed socket. */
export const UNKNOWN_ADDRESS = 'unknown';

/** An IPv6 address as its eight groups of 16 bits. */
type Groups = readonly number[];

/**
 * The address of the client: the socket's peer, or with `trustedHops` reverse proxies in front, the entry that the outermost of them wrote into
 * `X-Forwarded-For`. Earlier entries are not trusted: the client may have made them up.
 *
 * Every spelling of an address gives the same text: ports, brackets and zones are dropped, IPv4 embedded in IPv6 (`::ffff:0:0/96`, NAT64's
 * `64:ff9b::/96`) is written as IPv4, and anything else is `unknown`.
 */
export function clientAddress(peer: string | undefined, forwardedFor: string | readonly string[] | undefined, trustedHops: number): string {
  const forwarded = [forwardedFor ?? '']
    .flat()
    .join(',')
    .split(',')
    .map((entry) => entry.trim())
    .filter((entry) => entry !== '');
  const chain = [...forwarded, peer ?? ''];
  return plainAddress(chain[Math.max(0, chain.length - 1 - trustedHops)] ?? '');
}

/** The rate-limit key of an address. A household or office shares one key, so only the first 64 bits of an IPv6 address count. */
export function limitKey(address: string): string {
  return prefix(address, 4);
}

/** The rate-limit key of the network around an address: the first 48 bits of an IPv6 address (the usual allocation of a site), the whole IPv4 address. */
export function networkKey(address: string): string {
  return prefix(address, 3);
}

/** The first `groups` groups of an IPv6 address, an IPv4 address unchanged, `unknown` for anything else. */
function prefix(address: string, groups: number): string {
  const plain = plainAddress(address);
  const parsed = plain.includes(':') ? groupsOf(plain) : undefined;
  return parsed === undefined ? plain : written(parsed.slice(0, groups));
}

/** The same text for every spelling of an address. */
function plainAddress(spelling: string): string {
  const address = withoutPort(spelling.trim().slice(0, 100));
  if (isIPv4(address)) return address;
  const groups = groupsOf(address);
  if (groups === undefined) return UNKNOWN_ADDRESS;
  return embeddedIPv4(groups) ?? written(groups);
}

/** Drops what proxies write around an address: `203.0.113.7:51324`, `[2001:db8::1]:443`, `"[2001:db8::1]"`, `fe80::1%eth0`. */
function withoutPort(spelling: string): string {
  const bare = spelling.replace(/^"(.*)"$/, '$1');
  const [, bracketed] = /^\[([^\]]*)\](?::\d{1,5})?$/.exec(bare) ?? [];
  if (bracketed !== undefined) return withoutZone(bracketed);
  const [, dotted] = /^([\d.]+):\d{1,5}$/.exec(bare) ?? [];
  return dotted ?? withoutZone(bare);
}

function withoutZone(address: string): string {
  return address.split('%')[0] ?? '';
}

function groupsOf(address: string): Groups | undefined {
  if (!isIPv6(address)) return undefined;
  const [head = '', tail] = dottedAsGroups(address).split('::');
  const left = numbers(head);
  if (tail === undefined) return left;
  const right = numbers(tail);
  return [...left, ...Array.from({ length: 8 - left.length - right.length }, () => 0), ...right];
}

function numbers(text: string): number[] {
  return text === '' ? [] : text.split(':').map((group) => Number.parseInt(group, 16));
}

/** `::ffff:192.0.2.7` as `::ffff:c000:207`. */
function dottedAsGroups(address: string): string {
  const at = address.lastIndexOf(':') + 1;
  const dotted = address.slice(at);
  if (!isIPv4(dotted)) return address;
  const [a = 0, b = 0, c = 0, d = 0] = dotted.split('.').map(Number);
  return `${address.slice(0, at)}${(a * 256 + b).toString(16)}:${(c * 256 + d).toString(16)}`;
}

const EMBEDDING: readonly Groups[] = [
  [0, 0, 0, 0, 0, 0xffff],
  [0x64, 0xff9b, 0, 0, 0, 0],
];

function embeddedIPv4(groups: Groups): string | undefined {
  if (!EMBEDDING.some((start) => start.every((group, index) => groups[index] === group))) return undefined;
  const [high = 0, low = 0] = groups.slice(6);
  return [high >> 8, high & 255, low >> 8, low & 255].join('.');
}

function written(groups: Groups): string {
  return groups.map((group) => group.toString(16)).join(':');
}
