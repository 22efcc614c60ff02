import fc from 'fast-check';
import { describe, expect, it } from 'vitest';

import { clientAddress, limitKey, networkKey, UNKNOWN_ADDRESS } from './client-address.ts';

describe('clientAddress', () => {
  it.each([
    ['ignores the header without trusted proxies', '192.0.2.7', '203.0.113.1', 0, '192.0.2.7'],
    ['takes the entry that a single trusted proxy wrote', '10.0.0.1', '6.6.6.6, 203.0.113.1', 1, '203.0.113.1'],
    ['takes the entry that the outer of two trusted proxies wrote', '10.0.0.2', '6.6.6.6, 203.0.113.1, 10.0.0.1', 2, '203.0.113.1'],
    ['takes the oldest entry when the chain is too short', '10.0.0.1', undefined, 2, '10.0.0.1'],
    ['writes an IPv4-mapped address as IPv4', '::ffff:192.0.2.7', undefined, 0, '192.0.2.7'],
    ['drops the port that a proxy wrote', '10.0.0.1', '203.0.113.7:51324', 1, '203.0.113.7'],
    ['drops brackets and the port', '10.0.0.1', '[2001:db8:1:2::9]:443', 1, '2001:db8:1:2:0:0:0:9'],
    ['treats text that is not an address as unknown', '10.0.0.1', '_hidden', 1, UNKNOWN_ADDRESS],
    ['treats a closed connection as unknown', undefined, undefined, 0, UNKNOWN_ADDRESS],
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
    ['64:ff9b::c000:207', '192.0.2.7'],
  ])('counts %s as %s', (address, key) => {
    expect(limitKey(address)).toBe(key);
  });

  it('gives everything that is not an address one key', () => {
    const noAddress = fc.oneof(
      fc.string({ maxLength: 300 }),
      fc.constantFrom(
        'unknown',
        '999.1.1.1',
        '192.000.002.007',
        '1.2.3',
        '1.2.3.4.5',
        '[::1',
        '::1]',
        ':::',
        '[1.2.3.4]',
        '1.2.3.4:x',
        '%',
        '[]:80',
      ),
    );
    fc.assert(
      fc.property(noAddress, (text) => {
        const key = limitKey(text);
        // Random text may happen to be an address, such as "::".
        expect(key === UNKNOWN_ADDRESS || /^(\d+\.){3}\d+$|^[\da-f]+(:[\da-f]+){3}$/.test(key)).toBe(true);
      }),
    );
    for (const text of ['unknown', '999.1.1.1', '1.2.3', '[::1', ':::', '1.2.3.4:x', '', ' ', '203.0.113.7:51324:9'])
      expect(limitKey(text)).toBe(UNKNOWN_ADDRESS);
  });
});

const byte = fc.nat({ max: 255 });
const group = fc.oneof(fc.nat({ max: 0xffff }), fc.constantFrom(0, 0, 1));
const upTo5 = fc.integer({ min: 1, max: 65_535 });

/** An IPv6 address with these groups, in one of its many spellings. */
function ipv6Spelling(groups: readonly number[]): fc.Arbitrary<string> {
  return fc
    .record({ padded: fc.boolean(), upper: fc.boolean(), from: fc.nat({ max: 7 }), dotted: fc.boolean(), around: around() })
    .map((style) => {
      const texts = groups.map((value) => value.toString(16).padStart(style.padded ? 4 : 1, '0'));
      const [high = 0, low = 0] = groups.slice(6);
      if (style.dotted) texts.splice(6, 2, [high >> 8, high & 255, low >> 8, low & 255].join('.'));
      // The run of zeros that starts at `from` is abbreviated, if there is one.
      const last = style.dotted ? 5 : 7;
      let to = style.from;
      while (to <= last && groups[to] === 0) to += 1;
      const short = to - style.from >= 2 ? `${texts.slice(0, style.from).join(':')}::${texts.slice(to).join(':')}` : texts.join(':');
      return style.around(style.upper ? short.toUpperCase() : short);
    });
}

function around(): fc.Arbitrary<(address: string) => string> {
  return fc.oneof(
    fc.constantFrom(
      (address: string) => address,
      (address: string) => `[${address}]`,
      (address: string) => ` ${address} `,
      (address: string) => `"[${address}]"`,
      (address: string) => `${address}%eth0`,
    ),
    upTo5.map((port) => (address: string) => `[${address}]:${port}`),
  );
}

function ipv4Spelling(bytes: readonly number[]): fc.Arbitrary<string> {
  const [a = 0, b = 0, c = 0, d = 0] = bytes;
  const tail = [a * 256 + b, c * 256 + d];
  return fc.oneof(
    fc.constant(bytes.join('.')),
    upTo5.map((port) => `${bytes.join('.')}:${port}`),
    ipv6Spelling([0, 0, 0, 0, 0, 0xffff, ...tail]),
    ipv6Spelling([0x64, 0xff9b, 0, 0, 0, 0, ...tail]),
  );
}

describe('every spelling of an address has the same key', () => {
  it('IPv4, also embedded in IPv6', () => {
    fc.assert(
      fc.property(
        fc.tuple(byte, byte, byte, byte).chain((bytes) => fc.tuple(fc.constant(bytes.join('.')), ipv4Spelling(bytes))),
        ([plain, spelling]) => {
          expect([limitKey(spelling), networkKey(spelling), clientAddress('10.0.0.1', spelling, 1)]).toEqual([plain, plain, plain]);
        },
      ),
      { numRuns: 500 },
    );
  });

  it('IPv6: the first 64 bits, and for the network key the first 48', () => {
    // Outside the ranges that embed IPv4.
    const outside = fc.tuple(fc.integer({ min: 0x2000, max: 0x3fff }), group, group, group, group, group, group, group);
    fc.assert(
      fc.property(
        outside.chain((groups) => fc.tuple(fc.constant(groups), ipv6Spelling(groups), ipv6Spelling([...groups.slice(0, 4), 1, 2, 3, 4]))),
        ([groups, spelling, neighbor]) => {
          const texts = groups.map((value) => value.toString(16));
          expect(limitKey(spelling)).toBe(texts.slice(0, 4).join(':'));
          expect(limitKey(neighbor)).toBe(limitKey(spelling));
          expect(networkKey(spelling)).toBe(texts.slice(0, 3).join(':'));
          expect(clientAddress('10.0.0.1', spelling, 1)).toBe(texts.join(':'));
        },
      ),
      { numRuns: 500 },
    );
  });
});
