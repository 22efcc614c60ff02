import fc from 'fast-check';
import { expect, it } from 'vitest';

import { ConnectionCounter } from './connection-counter.ts';
import { OldestFirst } from './oldest-first.ts';

const LIMITS = { total: 40, perIp: 5, perIdentity: 3 };
const PENDING = LIMITS.total / 4;
const ANONYMOUS = LIMITS.total / 2;

it('displaces the oldest connection of an IP address or in total, and no other', () => {
  const waiting = new OldestFirst<string>({ total: 3, perIp: 2 });
  expect([waiting.add('a1', 'a', 1), waiting.add('a2', 'a', 2), waiting.add('a3', 'a', 3)]).toEqual([[], [], ['a1']]);
  expect([waiting.add('b1', 'b', 4), waiting.add('c1', 'c', 5)]).toEqual([[], ['a2']]);
  expect(waiting.takeOlderThan(2, 6)).toEqual(['a3', 'b1']);
  expect([waiting.size, waiting.delete('b1'), waiting.delete('c1'), waiting.size]).toEqual([1, false, true, 0]);
});

it('keeps room for connections with a token, however many others there are, silent or not, from one IP address or from many', () => {
  const counter = new ConnectionCounter<number>(LIMITS);
  let id = 0;
  const connect = (ip: string) => {
    id += 1;
    for (const older of counter.tryAdd(id, ip, id) ?? []) counter.remove(older);
    return id;
  };
  for (let ip = 0; ip < 1_000; ip += 1) {
    const connection = connect(`silent ${ip % 7}`);
    connect(`silent ${ip}`);
    if (ip % 2 === 0 && counter.identify(connection, undefined) !== undefined) counter.remove(connection);
  }
  const known = Array.from({ length: LIMITS.total - ANONYMOUS }, (_, index) => counter.identify(connect('silent 1'), `client ${index}`));
  expect(known.filter((refusal) => refusal !== undefined)).toEqual([]);
});

it('returns the reason of a refusal', () => {
  const counter = new ConnectionCounter<string>({ total: 8, perIp: 2, perIdentity: 1 });
  const identify = (name: string, ip: string, identity?: string) => {
    counter.tryAdd(name, ip, 0);
    return counter.identify(name, identity);
  };
  expect([identify('a1', 'a'), identify('a2', 'a'), identify('a3', 'a')]).toEqual([undefined, undefined, 'address']);
  counter.remove('a3');
  expect([identify('b1', 'b'), identify('c1', 'c'), identify('d1', 'd')]).toEqual([undefined, undefined, 'anonymous']);
  counter.remove('d1');
  expect([identify('e1', 'a', 'operator 1'), identify('e2', 'a', 'operator 1')]).toEqual([undefined, 'identity']);
  counter.remove('e2');
  expect(counter.identify('e1', 'operator 2'), 'identified twice').toBe('node');
  for (const [index, name] of ['f', 'g', 'h'].entries()) identify(name, 'a', `client ${index}`);
  expect([counter.hasRoom, counter.tryAdd('i', 'z', 0)]).toEqual([false, undefined]);
  counter.remove('f');
  expect(counter.tryAdd('i', 'z', 0)).toEqual([]);
});

it('keeps all its limits whatever connects and disconnects, and forgets every connection that ends', () => {
  const step = fc.record({
    what: fc.constantFrom('connect', 'connect', 'connect', 'identify', 'identify', 'disconnect', 'sweep'),
    connection: fc.nat(99),
    ip: fc.nat(9).map(String),
    identity: fc.option(
      fc.nat(5).map((n) => `client ${n}`),
      { nil: undefined },
    ),
  });
  fc.assert(
    fc.property(fc.array(step, { maxLength: 400 }), (steps) => {
      const counter = new ConnectionCounter<number>(LIMITS);
      const present = new Map<number, { ip: string; key: string | undefined }>();
      const leave = (connection: number) => {
        counter.remove(connection);
        present.delete(connection);
      };
      for (const [now, { what, connection, ip, identity }] of steps.entries()) {
        const known = present.get(connection);
        if (what === 'connect' && known === undefined) {
          const displaced = counter.tryAdd(connection, ip, now);
          if (displaced !== undefined) present.set(connection, { ip, key: undefined });
          displaced?.forEach(leave);
        } else if (what === 'identify' && known?.key === undefined && known !== undefined) {
          if (counter.identify(connection, identity) === undefined) known.key = identity ?? `ip ${known.ip}`;
          else leave(connection);
        } else if (what === 'disconnect') leave(connection);
        else if (what === 'sweep') counter.takeSilent(50, now).forEach(leave);
        const all = [...present.values()];
        const of = (matches: (entry: { ip: string; key: string | undefined }) => boolean) => all.filter(matches).length;
        expect(counter.size).toBe(all.length);
        expect(all.length).toBeLessThanOrEqual(LIMITS.total);
        expect(of(({ key }) => key === undefined)).toBeLessThanOrEqual(PENDING);
        expect(of(({ key }) => key?.startsWith('ip ') === true)).toBeLessThanOrEqual(ANONYMOUS);
        const groups = all.map(({ key, ip: from }) => of((other) => other.key === key && (key !== undefined || other.ip === from)));
        expect(Math.max(0, ...groups)).toBeLessThanOrEqual(LIMITS.perIp);
      }
      for (const connection of present.keys()) counter.remove(connection);
      expect([counter.size, counter.pending]).toEqual([0, 0]);
    }),
    { numRuns: 200 },
  );
});
