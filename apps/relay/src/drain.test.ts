import { afterEach, expect, it } from 'vitest';

import { endTimes } from './drain.ts';
import { startRelay, type TestPeer, type TestRelay } from './testing/test-relay.ts';

let relay: TestRelay | undefined;
afterEach(async () => await relay?.close());

const ids = (count: number) => Array.from({ length: count }, (_, index) => `5f0c4a43-9c9b-4f0e-8f0a-${String(index).padStart(12, '0')}`);

it('connections are ended ten milliseconds apart, so that their clients do not reconnect at the same time', () => {
  const times = endTimes(200, 10_000);
  expect(times).toEqual(Array.from({ length: 200 }, (_, index) => index * 10));
});

it.each([
  [100, 100],
  [5_000, 10_000],
  [1, 0],
])('%i connections are ended evenly within %i ms', (count, windowMs) => {
  const times = endTimes(count, windowMs);
  expect(times).toHaveLength(count);
  expect(Math.max(...times)).toBeLessThanOrEqual(windowMs);
  const steps = times.slice(1).map((at, index) => at - (times[index] ?? 0));
  for (const step of steps) expect(step).toBeCloseTo(windowMs / count, 5);
});

it('a stopping relay ends every connection', async () => {
  relay = await startRelay({ drainMs: 100 });
  const visitors: TestPeer[] = [];
  for (const id of ids(40)) visitors.push(await relay.visitor(id, 'Anna'));
  await relay.stop();
  await expect.poll(() => visitors.filter(({ socket }) => socket.connected)).toEqual([]);
});

it('a stopping relay serves a connection until it ends it', async () => {
  relay = await startRelay({ drainMs: 10_000 });
  const visitors = [];
  for (const id of ids(60)) visitors.push(await relay.visitor(id, 'Anna'));
  const maya = await relay.operator(1, 'Maya');
  let answered = 0;
  const ended = new Set<unknown>();
  for (const peer of [...visitors, maya]) peer.socket.once('disconnect', () => ended.add(peer));
  const stopped = relay.stop();
  await expect.poll(() => ended.size).toBeGreaterThan(0);
  for (const visitor of visitors) if (!ended.has(visitor)) visitor.socket.emit('clientTyping', { isTyping: true }, () => (answered += 1));
  await stopped;
  expect(answered).toBeGreaterThan(0);
});
