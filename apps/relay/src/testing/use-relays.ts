import { afterEach } from 'vitest';

import { startRelay, type TestRelay } from './test-relay.ts';

/** Call at the top of a test file. Returns a function that starts a relay, which is closed after the test. */
export function useRelays(): (...parameters: Parameters<typeof startRelay>) => Promise<TestRelay> {
  const relays: TestRelay[] = [];
  afterEach(async () => {
    await Promise.all(relays.splice(0).map(async (relay) => await relay.close()));
  });
  return async (...parameters) => {
    const relay = await startRelay(...parameters);
    relays.push(relay);
    return relay;
  };
}
