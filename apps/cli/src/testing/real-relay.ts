import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { join } from 'node:path';

import { createTokens } from '@switchboard/tokens';
import { io, type Socket } from 'socket.io-client';
import { expect, onTestFinished } from 'vitest';

import { ROOT } from '../root.ts';
import { follow, type Place } from './run-start.ts';

/** Runs the real relay from its sources on the installation's port, until the test ends or `stop` is called. */
export async function startRelay(place: Place, jwtSecret: string): Promise<{ stop(): Promise<void> }> {
  const child = spawn(process.execPath, ['--import', 'tsx', join(ROOT, 'apps/relay/src/main.ts')], {
    cwd: ROOT,
    env: { ...place.environment, JWT_SECRET: jwtSecret, DRAIN_SECONDS: '0' },
    stdio: ['ignore', 'pipe', 'pipe'],
  });
  const relay = follow(child);
  await expect.poll(() => relay.output(), { timeout: 60_000 }).toContain('"listening"');
  return {
    async stop() {
      child.kill('SIGTERM');
      await once(child, 'exit');
    },
  };
}

/** Opens a console's connection to the relay at `url`. */
export async function connectOperator(url: string, jwtSecret: string, id: number): Promise<Socket> {
  const { token } = await createTokens([jwtSecret]).mintRelayToken({ role: 'operator', id, name: 'Olga' });
  const socket = io(url, { path: '/chat', transports: ['websocket'], auth: { token }, reconnection: false, forceNew: true });
  onTestFinished(() => void socket.disconnect());
  await new Promise<void>((resolve, reject) => {
    socket.once('connect', resolve).once('connect_error', reject);
  });
  return socket;
}
