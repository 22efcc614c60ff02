import { afterAll, beforeAll, describe, expect, it } from 'vitest';

import { startRelay, type TestRelay } from '../src/testing/test-relay.ts';
import { ADDED_FIELDS, deviations } from './deviations.ts';
import { readFixture } from './fixtures.ts';
import { play } from './play.ts';
import type { HeardEvent, PeerRole, Trace } from './scenario.ts';
import { scenarios } from './scenarios.ts';

let relay: TestRelay;
beforeAll(async () => {
  // The scenarios are played one after the other by the same peers, faster than people write.
  relay = await startRelay({}, { rateLimits: { message: 100, typing: 100, lifecycle: 100 } });
});
afterAll(async () => {
  await relay.close();
});

const tokenFor = async (peer: PeerRole) => (peer.role === 'operator' ? await relay.mint(peer) : undefined);
const ours = async (name: string, transport: 'websocket' | 'polling') => {
  const scenario = scenarios.find((candidate) => candidate.name === name);
  if (scenario === undefined) throw new Error(`Unknown scenario ${name}.`);
  return await play(scenario, { url: relay.url, tokenFor, transport });
};

/** The received events without the fields that the protocol has added and the reference did not send. */
function withoutAdditions(heard: readonly HeardEvent[], reference: readonly HeardEvent[]): HeardEvent[] {
  return heard.map((entry, index) => {
    const before = reference[index]?.payload;
    if (typeof entry.payload !== 'object' || entry.payload === null) return entry;
    const known = typeof before === 'object' && before !== null ? Object.keys(before) : [];
    const added = ADDED_FIELDS[entry.event] ?? [];
    const kept = Object.entries(entry.payload).filter(([field]) => known.includes(field) || !added.includes(field));
    return { ...entry, payload: Object.fromEntries(kept) };
  });
}

function comparable(trace: Trace, reference: Trace): Trace {
  return Object.fromEntries(Object.entries(trace).map(([peer, heard]) => [peer, withoutAdditions(heard, reference[peer] ?? [])]));
}

describe.each(['websocket', 'polling'] as const)('over %s', (transport) => {
  it.each(scenarios.filter(({ name }) => !(name in deviations)).map(({ name }) => name))(
    '%s: every peer receives the same as from the reference',
    async (name) => {
      const reference = await readFixture(name);
      expect(comparable(await ours(name, transport), reference)).toEqual(reference);
    },
  );

  it.each(Object.entries(deviations))('%s: differs from the reference as documented, and in nothing else', async (name, deviation) => {
    const expected = { ...(await readFixture(name)), ...deviation.heard };
    expect(comparable(await ours(name, transport), expected)).toEqual(expected);
  });
});

it.each(Object.entries(deviations))('%s: the reference really behaves differently', async (name, { heard }) => {
  const reference = await readFixture(name);
  for (const [peer, events] of Object.entries(heard)) expect(comparable(reference, heard)[peer]).not.toEqual(events);
});
