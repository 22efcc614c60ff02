import { afterEach, expect, it } from 'vitest';

import { startRelay, type TestRelay } from './testing/test-relay.ts';

let relay: TestRelay;
afterEach(async () => await relay.close());

const ids = (count: number) => Array.from({ length: count }, (_, index) => `5f0c4a43-9c9b-4f0e-8f0a-${String(index).padStart(12, '0')}`);

/** Milliseconds from the wish to stop until each of many peers lost its line, in order, and until all was quiet. */
async function stopWith(peers: number, drainMs: number): Promise<{ lost: number[]; stopped: number }> {
  relay = await startRelay({ drainMs });
  const visitors = [];
  for (const id of ids(peers)) visitors.push(await relay.visitor(id, 'Anna'));
  const began = performance.now();
  const lost = visitors.map(
    async ({ socket }) => await new Promise<number>((resolve) => socket.once('disconnect', () => resolve(performance.now() - began))),
  );
  await relay.stop();
  return { stopped: performance.now() - began, lost: (await Promise.all(lost)).toSorted((a, b) => a - b) };
}

it('a relay that stops sends its peers away one after the other', async () => {
  const { lost } = await stopWith(200, 10_000);
  // Ten milliseconds for each: about two seconds in all, and in no tenth of it more than its share three times over.
  expect(lost.at(-1)).toBeGreaterThan(1_400);
  for (let tenth = 0; tenth < 10; tenth += 1) {
    const share = lost.filter((at) => at >= tenth * 200 && at < (tenth + 1) * 200);
    expect(share.length).toBeLessThan(60);
  }
});

it('and does not take longer than it may', async () => {
  const { lost } = await stopWith(100, 100);
  expect(lost.at(-1)).toBeLessThan(400);
});

it('a peer whose turn has not come yet is served', async () => {
  relay = await startRelay({ drainMs: 10_000 });
  const visitors = [];
  for (const id of ids(60)) visitors.push(await relay.visitor(id, 'Anna'));
  const maya = await relay.operator(1, 'Maya');
  let answered = 0;
  const gone = new Set<unknown>();
  for (const peer of [...visitors, maya]) peer.socket.once('disconnect', () => gone.add(peer));
  const stopped = relay.stop();
  await expect.poll(() => gone.size).toBeGreaterThan(0);
  for (const visitor of visitors) if (!gone.has(visitor)) visitor.socket.emit('clientTyping', { isTyping: true }, () => (answered += 1));
  await stopped;
  expect(answered).toBeGreaterThan(0);
});
