import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';

import type { Effects, RelaySocket } from '../platform/effects.ts';
import { createServerClock } from '../platform/server-clock.ts';
import { createTab } from '../testing/fake-effects.ts';
import { FakeRelay } from '../testing/fake-relay.ts';
import { NO_HANDLERS } from '../testing/no-handlers.ts';
import { FaultyProxy } from '../testing/faulty-proxy.ts';
import type { ProxyFault } from '../testing/faulty-proxy.ts';
import { Connection } from './connection.ts';

let relay: FakeRelay;
const closers: (() => unknown)[] = [];

beforeEach(async () => {
  relay = await FakeRelay.open();
});
afterEach(async () => {
  for (const close of closers.splice(0)) await close();
  await relay.close();
});

async function openProxy(fault: ProxyFault): Promise<FaultyProxy> {
  const proxy = await FaultyProxy.open(relay.url, fault);
  closers.push(() => proxy.close());
  return proxy;
}

function openConnection(url: string) {
  let socket: RelaySocket | undefined;
  const real = createTab();
  const openSocket: Effects['openSocket'] = (...given) => (socket = real.openSocket(...given));
  const tab = createTab({ overrides: { openSocket } });
  const connection = new Connection(
    tab,
    createServerClock(() => tab.now()),
    {
      relay: { url, path: '/chat' },
      token: () => Promise.resolve('operator'),
      join: () => ({ role: 'operator', name: 'Grace' }),
      handlers: NO_HANDLERS,
    },
  );
  const states: string[] = [];
  connection.onState((state) => states.push(connection.noLiveConnection() ? `${state}, said` : state));
  closers.unshift(() => {
    connection.close();
    tab.kill();
  });
  return { connection, states, tab, transport: () => socket?.io.engine.transport.name };
}
const eventually = (check: () => void) => vi.waitFor(check);

describe('a proxy that blocks WebSockets', () => {
  it.each<ProxyFault>(['swallow', 'mute'])('is bypassed by polling, which is upgraded when a WebSocket gets through: %s', async (fault) => {
    const proxy = await openProxy(fault);
    const { connection, transport } = openConnection(proxy.url);
    await eventually(() => expect(connection.state()).toBe('connected'));
    expect(transport()).toBe('polling');
    expect((await connection.send('chatEnded', null))?.ok).toBe(true);

    // It starts with the transport that worked: the next connection does not wait for a WebSocket first.
    const asked = proxy.upgrades;
    relay.cut();
    await eventually(() => expect(relay.joins).toBe(2));
    await eventually(() => expect(connection.state()).toBe('connected'));
    expect(proxy.upgrades - asked).toBeLessThanOrEqual(1);

    proxy.fault = 'none';
    relay.cut();
    await eventually(() => expect(relay.joins).toBe(3));
    await eventually(() => expect([transport(), connection.state()]).toEqual(['websocket', 'connected']));
  });
});

describe('a missing connection', () => {
  it('is reported when the relay was never reached', async () => {
    const proxy = await openProxy('freeze');
    const { connection, states } = openConnection(proxy.url);
    expect(connection.noLiveConnection()).toBe(false);
    await eventually(() => expect(connection.noLiveConnection()).toBe(true));
    expect(states).toEqual(['connecting, said']);
    proxy.fault = 'none';
    await eventually(() => expect(connection.state()).toBe('connected'));
    expect(connection.noLiveConnection()).toBe(false);
    expect(states.at(-1)).toBe('connected');
  });

  it('is reported after some time without a connection, but not after a short interruption', async () => {
    const { connection, states } = openConnection(relay.url);
    await eventually(() => expect(connection.state()).toBe('connected'));
    await relay.close();
    await eventually(() => expect(states).toEqual(['connected', 'reconnecting', 'reconnecting, said']));
    relay = await FakeRelay.open();
  });

  it('is not reported while the connection is suspended or closed', async () => {
    const { connection, states } = openConnection('http://127.0.0.1:1');
    await eventually(() => expect(connection.noLiveConnection()).toBe(true));
    connection.suspend();
    expect(connection.noLiveConnection()).toBe(false);
    connection.resume();
    await eventually(() => expect(connection.noLiveConnection()).toBe(true));
    expect(states.every((state) => state.startsWith('connecting'))).toBe(true);
  });
});

describe('when the browser reports that the network is gone', () => {
  it('and the relay still answers, the connection stays', async () => {
    const { connection, states, tab } = openConnection(relay.url);
    await eventually(() => expect(connection.state()).toBe('connected'));
    tab.setOnline(false);
    expect(connection.state()).toBe('checking');
    expect((await connection.send('chatEnded', null))?.ok).toBe(true);
    await eventually(() => expect(connection.state()).toBe('connected'));
    expect(states).toEqual(['connected', 'checking', 'connected']);
    expect(relay.joins).toBe(1);
  });

  it('and the relay does not answer, that is detected before the next heartbeat is missed', async () => {
    const proxy = await openProxy('none');
    const { connection, states, tab } = openConnection(proxy.url);
    await eventually(() => expect(connection.state()).toBe('connected'));
    proxy.fault = 'freeze';
    tab.setOnline(false);
    // The relay of this test sends its first heartbeat after 25 s.
    await eventually(() => expect(connection.state()).toBe('offline'));
    expect(states.slice(0, 3)).toEqual(['connected', 'checking', 'offline']);
    proxy.fault = 'none';
    tab.setOnline(true);
    await eventually(() => expect(connection.state()).toBe('connected'));
    expect(relay.joins).toBe(2);
  });
});
