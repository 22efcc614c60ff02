import { describe, expect, it } from 'vitest';

import { mayScrape } from './index.ts';

const TOKEN = 'kZ3v9QmT1xW7bN5rY8cJ2hF6gD4sA0pL';

describe('with a token', () => {
  it.each([
    [`Bearer ${TOKEN}`, true],
    [`bearer ${TOKEN}`, true],
    [TOKEN, false],
    [`Basic ${TOKEN}`, false],
    [`Bearer ${TOKEN}x`, false],
    ['Bearer ', false],
    [undefined, false],
  ])('%s: %s', (authorization, allowed) => {
    for (const forwarded of [true, false]) {
      expect(mayScrape({ authorization, peer: '127.0.0.1', forwarded }, TOKEN)).toBe(allowed);
      expect(mayScrape({ authorization, peer: '203.0.113.5', forwarded }, TOKEN)).toBe(allowed);
    }
  });
});

describe('without one', () => {
  it.each(['127.0.0.1', '::1', '::ffff:127.0.0.1', '10.1.2.3', '172.31.0.1', '192.168.7.7', 'fd12::3', 'fe80::1%eth0'])(
    '%s may read metrics, unless a proxy forwarded the request',
    (peer) => {
      expect(mayScrape({ authorization: undefined, peer, forwarded: false }, undefined)).toBe(true);
      expect(mayScrape({ authorization: undefined, peer, forwarded: true }, undefined)).toBe(false);
    },
  );

  it.each(['203.0.113.5', '172.32.0.1', '2001:db8::1', '::ffff:203.0.113.5', '100.64.0.1', 'unknown', '', undefined])(
    '%s may not read metrics',
    (peer) => {
      expect(mayScrape({ authorization: 'Bearer undefined', peer, forwarded: false }, undefined)).toBe(false);
    },
  );
});
