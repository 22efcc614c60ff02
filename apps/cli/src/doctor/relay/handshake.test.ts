import { freePort } from '@switchboard/database/embedded';
import { expect, it, onTestFinished } from 'vitest';

import { startRelay } from '../../testing/real-relay.ts';
import { checkHandshake } from './handshake.ts';

const ORIGIN = 'https://chat.example';

it('accepts a relay that serves only WebSockets, and still reports a refused origin', async () => {
  const port = await freePort();
  const environment = {
    PATH: process.env['PATH'],
    SOCKET_HOST: '127.0.0.1',
    SOCKET_PORT: String(port),
    SOCKET_TRANSPORTS: 'websocket',
    FRONTEND_URL: ORIGIN,
  };
  const relay = await startRelay({ environment, port: 0, socketPort: port, dataDir: '' }, 'kZ3v9QmT1xW7bN5rY8cJ2hF6gD4sA0pL');
  onTestFinished(async () => await relay.stop());
  const check = async (origin: string, polls: boolean) =>
    await checkHandshake({ url: `http://127.0.0.1:${port}`, path: '/chat', origin }, { fetch, signal: AbortSignal.timeout(60_000), polls });
  expect(await check(ORIGIN, false)).toMatchObject({ status: 'ok' });
  expect(await check(ORIGIN, true)).toMatchObject({ status: 'fail' });
  expect(await check('https://evil.example', false)).toMatchObject({
    status: 'fail',
    problem: expect.stringContaining('refuses pages from'),
  });
});
