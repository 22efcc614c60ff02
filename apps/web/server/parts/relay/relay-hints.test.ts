import { createMetrics, silentLogger } from '@switchboard/telemetry';
import { createTokens } from '@switchboard/tokens';
import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';

import { createRelayHints, type RelayHints } from './relay-hints.ts';
import { createRelayRequests } from './relay-requests.ts';
import { startTestRelay, type TestRelay } from '../../testing/test-relay.ts';

const tokens = createTokens(['a secret for tests that is long enough']);
let relay: TestRelay;
beforeEach(async () => {
  relay = await startTestRelay(tokens);
});
afterEach(async () => await relay.close());

function hints(relayUrl = relay.url, log = silentLogger): { hints: RelayHints; figure: (name: string) => Promise<number> } {
  const metrics = createMetrics('test');
  return {
    hints: createRelayHints({ relay: createRelayRequests({ relayUrl, tokens }), log, metrics }),
    figure: async (name) =>
      Number(new RegExp(`^switchboard_relay_hints_${name}_total\\{.*\\} (\\d+)`, 'm').exec(await metrics.render())?.[1]),
  };
}
const seen = { event: 'messagesSeen', clientId: 'a', by: 'operator', deliveredSeq: 9, readSeq: 8 } as const;
const changed = (clientId: string, lastSeq: number) => ({ event: 'conversationChanged', clientId, lastSeq }) as const;

describe('relay hints', () => {
  it('go out together, the newest of each conversation only', async () => {
    const { hints: sender, figure } = hints();
    sender.send(changed('a', 1));
    sender.send(changed('b', 7));
    sender.send(changed('a', 2));
    sender.send(seen);
    await sender.settled();
    expect(relay.batches).toEqual([[changed('b', 7), changed('a', 2), seen]]);
    expect(await figure('sent')).toBe(3);
  });

  it('have the highest number, whichever save sends first', async () => {
    const { hints: sender } = hints();
    sender.send(changed('a', 5));
    sender.send(changed('a', 3));
    await sender.settled();
    expect(relay.batches).toEqual([[changed('a', 5)]]);
  });

  it('about one conversation become one, which says all that they said', async () => {
    const { hints: sender } = hints();
    sender.send({ ...changed('a', 5), what: ['messages'] });
    sender.send({ ...changed('a', 5), visitorChanged: true, what: ['state'] });
    sender.send({ ...changed('a', 6), what: ['messages'] });
    sender.send({ ...changed('b', 1), what: ['state'] });
    await sender.settled();
    expect(relay.batches).toEqual([
      [
        { ...changed('a', 6), visitorChanged: true, what: ['messages', 'state'] },
        { ...changed('b', 1), what: ['state'] },
      ],
    ]);
  });

  it('are sent a hundred at a time', async () => {
    const { hints: sender } = hints();
    for (let client = 0; client < 250; client += 1) sender.send(changed(String(client), 1));
    await sender.settled();
    expect(relay.batches.map((batch) => batch.length)).toEqual([100, 100, 50]);
  });

  it('are counted and logged once when the relay refuses them', async () => {
    relay.status = 503;
    const warn = vi.fn<(fields: object, message: string) => void>();
    const { hints: sender, figure } = hints(relay.url, { ...silentLogger, warn });
    sender.send(changed('a', 1));
    await sender.settled();
    sender.send(changed('b', 1));
    await sender.settled();
    expect(await figure('dropped')).toBe(2);
    expect(warn).toHaveBeenCalledTimes(1);
  });

  it('never throw when no relay is running', async () => {
    const { hints: sender, figure } = hints('http://127.0.0.1:9');
    sender.send(changed('a', 1));
    await sender.settled();
    expect(await figure('dropped')).toBe(1);
  });

  it('give up on a relay that does not answer', async () => {
    relay.status = undefined;
    const { hints: sender, figure } = hints();
    sender.send(changed('a', 1));
    await sender.settled();
    expect(await figure('dropped')).toBe(1);
  });
});
