import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';

import { ChatError } from '@switchboard/protocol/errors';

import { createServerClock } from '../platform/server-clock.ts';
import { createTab } from '../testing/fake-effects.ts';
import { FakeRelay } from '../testing/fake-relay.ts';
import { NO_HANDLERS } from '../testing/no-handlers.ts';
import { Connection } from './connection.ts';
import type { ConnectionOptions, RelayHandlers } from './connection.ts';

let relay: FakeRelay;
const closers: (() => void)[] = [];

beforeEach(async () => {
  relay = await FakeRelay.open();
});
afterEach(async () => {
  for (const close of closers.splice(0)) close();
  await relay.close();
});

function openConnection(options: Partial<ConnectionOptions> = {}, tab = createTab(), clock = createServerClock(() => tab.now())) {
  const connection = new Connection(tab, clock, {
    relay: { url: relay.url, path: '/chat' },
    token: () => Promise.resolve('operator'),
    join: () => ({ role: 'operator', name: 'Grace' }),
    handlers: NO_HANDLERS,
    ...options,
  });
  const states: string[] = [];
  connection.onState((state) => states.push(state));
  closers.push(() => {
    connection.close();
    tab.kill();
  });
  return { connection, states, tab };
}
const connected = (connection: Connection) => vi.waitFor(() => expect(connection.state()).toBe('connected'));

describe('the connection', () => {
  it('writes the names of events to the debug output, never their content', async () => {
    const { connection, tab } = openConnection();
    await connected(connection);
    await connection.send('operatorMessage', { to: 'canary', type: 'text', message: 'canary', operatorId: 7, operatorName: 'Grace' });
    relay.toOperators('clientTyping', { from: 'canary', isTyping: true });
    await vi.waitFor(() => expect(tab.notes).toContain('relay: received clientTyping'));
    expect(tab.notes).toEqual(expect.arrayContaining(['relay: sent join', 'relay: connected', 'relay: sent operatorMessage']));
    expect(JSON.stringify(tab.notes)).not.toContain('canary');
  });

  it('knows the server’s time after the join, however wrong this machine’s clock is', async () => {
    const tab = createTab({ overrides: { now: () => Date.now() - 600_000 } });
    const clock = createServerClock(() => tab.now());
    // The time of an HTTP answer has a resolution of one second: here it is half a second too low.
    clock.observe(Date.now() - 1_000, tab.now(), tab.now(), 1_000);
    const { connection } = openConnection({}, tab, clock);
    await connected(connection);
    // The estimate is as exact as the round trip was short; the next join may be faster.
    await expect
      .poll(async () => {
        relay.cut();
        await vi.waitFor(() => expect(connection.state()).not.toBe('connected'));
        await connected(connection);
        return Math.abs(clock.now() - Date.now());
      })
      .toBeLessThan(250);
  });

  it('is connected only after the relay has acknowledged the join', async () => {
    relay.holdJoins = true;
    const onJoined = vi.fn<() => void>();
    const { connection } = openConnection();
    connection.onJoined(onJoined);
    await vi.waitFor(() => expect(relay.joins).toBe(1));
    expect(connection.state()).toBe('connecting');
    expect(await connection.send('chatEnded', null)).toBeNull();
    expect(onJoined).not.toHaveBeenCalled();
    relay.releaseJoins();
    await connected(connection);
    expect(onJoined).toHaveBeenCalledOnce();
  });

  it('receives each event once after any number of reconnects, and fetches a token for each connection', async () => {
    const conversationChanged = vi.fn<() => void>();
    const token = vi.fn<ConnectionOptions['token']>(() => Promise.resolve('operator'));
    const { connection, states } = openConnection({ handlers: { ...NO_HANDLERS, conversationChanged }, token });
    await connected(connection);
    for (let round = 1; round <= 2; round += 1) {
      relay.cut();
      await vi.waitFor(() => expect(connection.state()).toBe('reconnecting'));
      await connected(connection);
    }
    relay.toOperators('conversationChanged', { clientId: 'x', lastSeq: 1 });
    await vi.waitFor(() => expect(conversationChanged).toHaveBeenCalled());
    expect((await connection.send('chatEnded', null))?.ok).toBe(true);
    expect(conversationChanged).toHaveBeenCalledOnce();
    expect(token).toHaveBeenCalledTimes(3);
    expect(states).toEqual(['connected', 'reconnecting', 'connected', 'reconnecting', 'connected']);
  });

  it('requests another token when the relay refuses one, and keeps trying while the server has none', async () => {
    relay.refused.add('old');
    const answers = [
      () => Promise.resolve('old'),
      () => Promise.reject(new ChatError('unavailable', 'away')),
      () => Promise.resolve('operator'),
    ];
    const asked: boolean[] = [];
    const { connection } = openConnection({
      token: (refused) => {
        asked.push(refused);
        return (answers.shift() ?? (() => Promise.resolve('operator')))();
      },
    });
    await connected(connection);
    expect(asked).toEqual([false, true, true]);
  });

  it('does not reconnect when no token is available', async () => {
    const token = vi.fn<ConnectionOptions['token']>(() => Promise.reject(new ChatError('unauthenticated', 'signed out')));
    const { connection, tab } = openConnection({ token });
    await vi.waitFor(() => expect(tab.notes).toContain('relay: no token'));
    expect(connection.state()).toBe('connecting');
    expect(relay.joins).toBe(0);
  });

  it('never sends an event later that it could not send at once', async () => {
    const { connection } = openConnection();
    await connected(connection);
    relay.cut();
    await vi.waitFor(() => expect(connection.state()).toBe('reconnecting'));
    expect(await connection.send('operatorMessage', { to: 'x', type: 'text', message: 'now or never' })).toBeNull();
    connection.signal('operatorTyping', { to: 'x', isTyping: true });
    await connected(connection);
    await connection.send('chatEnded', null);
    expect(relay.received.map(({ event }) => event)).toEqual(['join', 'join', 'chatEnded']);
  });
});

it('a relay event without a handler does not compile', () => {
  const { resync: _missing, ...rest } = NO_HANDLERS;
  // @ts-expect-error: `resync` has no handler. `tsc` is what fails when this compiles.
  const handlers: RelayHandlers = rest;
  expect(Object.keys(handlers)).not.toContain('resync');
});
