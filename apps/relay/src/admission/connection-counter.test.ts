import fc from 'fast-check';
import { expect, it } from 'vitest';

import { ConnectionCounter } from './connection-counter.ts';
import { OldestFirst } from './oldest-first.ts';

const LIMITS = { total: 40, perAddress: 5, perIdentity: 3 };
const PENDING = LIMITS.total / 4;
const ANONYMOUS = LIMITS.total / 2;

it('lets the newest wait: of one address and in all the oldest goes, and nobody else', () => {
  const waiting = new OldestFirst<string>({ total: 3, perAddress: 2 });
  expect([waiting.add('a1', 'a', 1), waiting.add('a2', 'a', 2), waiting.add('a3', 'a', 3)]).toEqual([[], [], ['a1']]);
  expect([waiting.add('b1', 'b', 4), waiting.add('c1', 'c', 5)]).toEqual([[], ['a2']]);
  expect(waiting.takeOlderThan(2, 6)).toEqual(['a3', 'b1']);
  expect([waiting.size, waiting.delete('b1'), waiting.delete('c1'), waiting.size]).toEqual([1, false, true, 0]);
});

it('keeps room for those with a token, however many others come, silent or not, from one address or from many', () => {
  const counter = new ConnectionCounter<number>(LIMITS);
  let id = 0;
  const comes = (address: string) => {
    id += 1;
    for (const older of counter.add(id, address, id) ?? []) counter.remove(older);
    return id;
  };
  for (let address = 0; address < 1_000; address += 1) {
    const connection = comes(`silent ${address % 7}`);
    comes(`silent ${address}`);
    if (address % 2 === 0 && counter.identify(connection, undefined) !== undefined) counter.remove(connection);
  }
  const known = Array.from({ length: LIMITS.total - ANONYMOUS }, (_, index) => counter.identify(comes('silent 1'), `client ${index}`));
  expect(known.filter((refusal) => refusal !== undefined)).toEqual([]);
});

it('says why it refuses', () => {
  const counter = new ConnectionCounter<string>({ total: 8, perAddress: 2, perIdentity: 1 });
  const identify = (name: string, address: string, identity?: string) => {
    counter.add(name, address, 0);
    return counter.identify(name, identity);
  };
  expect([identify('a1', 'a'), identify('a2', 'a'), identify('a3', 'a')]).toEqual([undefined, undefined, 'address']);
  counter.remove('a3');
  expect([identify('b1', 'b'), identify('c1', 'c'), identify('d1', 'd')]).toEqual([undefined, undefined, 'anonymous']);
  counter.remove('d1');
  expect([identify('e1', 'a', 'operator 1'), identify('e2', 'a', 'operator 1')]).toEqual([undefined, 'identity']);
  counter.remove('e2');
  expect(counter.identify('e1', 'operator 2'), 'said once').toBe('node');
  for (const [index, name] of ['f', 'g', 'h'].entries()) identify(name, 'a', `client ${index}`);
  expect([counter.hasRoom, counter.add('i', 'z', 0)]).toEqual([false, undefined]);
  counter.remove('f');
  expect(counter.add('i', 'z', 0)).toEqual([]);
});

it('keeps all its limits whatever comes and goes, and forgets everything in the end', () => {
  const step = fc.record({
    what: fc.constantFrom('come', 'come', 'come', 'identify', 'identify', 'go', 'sweep'),
    connection: fc.nat(99),
    address: fc.nat(9).map(String),
    identity: fc.option(
      fc.nat(5).map((n) => `client ${n}`),
      { nil: undefined },
    ),
  });
  fc.assert(
    fc.property(fc.array(step, { maxLength: 400 }), (steps) => {
      const counter = new ConnectionCounter<number>(LIMITS);
      const present = new Map<number, { address: string; key: string | undefined }>();
      const leave = (connection: number) => {
        counter.remove(connection);
        present.delete(connection);
      };
      for (const [now, { what, connection, address, identity }] of steps.entries()) {
        const known = present.get(connection);
        if (what === 'come' && known === undefined) {
          const displaced = counter.add(connection, address, now);
          if (displaced !== undefined) present.set(connection, { address, key: undefined });
          displaced?.forEach(leave);
        } else if (what === 'identify' && known?.key === undefined && known !== undefined) {
          if (counter.identify(connection, identity) === undefined) known.key = identity ?? `address ${known.address}`;
          else leave(connection);
        } else if (what === 'go') leave(connection);
        else if (what === 'sweep') counter.takeSilent(50, now).forEach(leave);
        const all = [...present.values()];
        const of = (matches: (entry: { address: string; key: string | undefined }) => boolean) => all.filter(matches).length;
        expect(counter.size).toBe(all.length);
        expect(all.length).toBeLessThanOrEqual(LIMITS.total);
        expect(of(({ key }) => key === undefined)).toBeLessThanOrEqual(PENDING);
        expect(of(({ key }) => key?.startsWith('address') === true)).toBeLessThanOrEqual(ANONYMOUS);
        const groups = all.map(({ key, address: from }) =>
          of((other) => other.key === key && (key !== undefined || other.address === from)),
        );
        expect(Math.max(0, ...groups)).toBeLessThanOrEqual(LIMITS.perAddress);
      }
      for (const connection of present.keys()) counter.remove(connection);
      expect([counter.size, counter.pending]).toEqual([0, 0]);
    }),
    { numRuns: 200 },
  );
});
