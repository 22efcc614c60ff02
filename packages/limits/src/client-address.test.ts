import { describe, expect, it } from 'vitest';

import { clientAddress, limitKey } from './client-address.ts';

describe('clientAddress', () => {
  it.each([
    ['believes nobody without proxies of ours', '192.0.2.7', '203.0.113.1', 0, '192.0.2.7'],
    ['takes what our one proxy wrote', '10.0.0.1', '6.6.6.6, 203.0.113.1', 1, '203.0.113.1'],
    ['takes what the outer of two wrote', '10.0.0.2', '6.6.6.6, 203.0.113.1, 10.0.0.1', 2, '203.0.113.1'],
    ['takes the oldest there is when the chain is short', '10.0.0.1', undefined, 2, '10.0.0.1'],
    ['writes an IPv4 address as such', '::ffff:192.0.2.7', undefined, 0, '192.0.2.7'],
  ])('%s', (_name, peer, forwarded, hops, expected) => {
    expect(clientAddress(peer, forwarded, hops)).toBe(expected);
  });
});

describe('limitKey', () => {
  it.each([
    ['192.0.2.7', '192.0.2.7'],
    ['2001:db8:1:2:3:4:5:6', '2001:db8:1:2'],
    ['2001:0db8:1:2::9', '2001:db8:1:2'],
    ['2001:db8::1', '2001:db8:0:0'],
    ['::1', '0:0:0:0'],
    ['fe80::1%eth0', 'fe80:0:0:0'],
  ])('counts %s as %s', (address, key) => {
    expect(limitKey(address)).toBe(key);
  });
});
