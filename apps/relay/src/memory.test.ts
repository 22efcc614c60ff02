import { setFlagsFromString } from 'node:v8';
import { runInNewContext } from 'node:vm';

import { silentLogger } from '@switchboard/telemetry';
import { io, type Socket } from 'socket.io-client';
import { expect, it } from 'vitest';

import { startRelay } from './testing/test-relay.ts';

setFlagsFromString('--expose-gc');
const collectGarbage = runInNewContext('gc') as () => void;

const PEERS = 40;
const EVENTS = 25;
const KIB = 1_024;

/** Connects, sends valid and invalid events, and disconnects: some clients with a closing handshake, some without. */
async function runClient(url: string, token: string | undefined, index: number): Promise<void> {
  const socket: Socket = io(url, {
    path: '/chat',
    transports: [index % 4 === 0 ? 'polling' : 'websocket'],
    forceNew: true,
    reconnection: false,
    ...(token === undefined ? {} : { auth: { token } }),
  });
  await new Promise<void>((resolve, reject) => {
    socket.once('connect', resolve);
    socket.once('connect_error', reject);
  });
  const gone = new Promise<void>((resolve) => socket.once('disconnect', () => resolve()));
  socket.emit('join', { role: 'client', name: `Peer ${index}` });
  for (let sent = 0; sent < EVENTS; sent += 1) {
    socket.emit('clientMessage', { type: 'text', message: 'x'.repeat(500), messageKey: crypto.randomUUID() });
    socket.emit('clientMessage', { type: sent });
    socket.emit(`unknown ${sent} ${index}`, { junk: 'y'.repeat(200) });
  }
  // Twenty refusals end the connection, unless the client ends it before.
  if (index % 2 === 0) setTimeout(() => socket.io.engine.close(), 200);
  await gone;
  socket.disconnect();
}

it('the relay keeps no memory of clients that have disconnected', async () => {
  const relay = await startRelay({}, { log: silentLogger });
  async function playRound(round: number): Promise<void> {
    await Promise.all(
      Array.from({ length: PEERS }, async (_, index) => {
        const claims = { role: 'client', id: index + 1, name: 'Vera', sessionId: crypto.randomUUID() } as const;
        await runClient(relay.url, index % 3 === 0 ? undefined : await relay.mint(claims), round * PEERS + index);
      }),
    );
    await expect.poll(async () => await relay.metrics()).toMatch(/relay_connections\{[^}]*role="client"[^}]*\} 0/);
  }
  const heap = () => {
    collectGarbage();
    return process.memoryUsage().heapUsed;
  };
  // The first rounds allocate what is allocated once: compiled code, shapes, pools.
  for (let round = 0; round < 3; round += 1) await playRound(round);
  const before = heap();
  for (let round = 3; round < 8; round += 1) await playRound(round);
  // Of 200 peers with 75 events each: each peer that was kept would take 12 KiB and its events. (Rate limits are forgotten a second later.)
  await expect.poll(() => heap() - before).toBeLessThan(200 * 4 * KIB);
  await relay.close();
});
