/**
 * The address of whoever asks: the socket's own, or with `trustedHops` reverse proxies in front the entry that the outermost of them wrote into
 * `X-Forwarded-For`. What stands before it anybody may have made up.
 */
export function clientAddress(peer: string | undefined, forwardedFor: string | readonly string[] | undefined, trustedHops: number): string {
  const forwarded = [forwardedFor ?? '']
    .flat()
    .join(',')
    .split(',')
    .map((entry) => entry.trim())
    .filter((entry) => entry !== '');
  const chain = [...forwarded, peer ?? 'unknown'];
  const address = chain[Math.max(0, chain.length - 1 - trustedHops)] ?? 'unknown';
  return address.replace(/^::ffff:(?=\d+\.)/i, '').slice(0, 64);
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
