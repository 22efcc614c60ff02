import { createServer } from 'node:net';
import { once } from 'node:events';
import type { AddressInfo } from 'node:net';

import { QuietClock } from '@switchboard/database/testing/quiet-clock';
import { createTokens } from '@switchboard/tokens';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';

import { POST as auth } from '../../app/api/auth/[...all]/route.ts';
import { readMessages as read, saveMessages as save } from './handlers/messages.ts';
import { openSession as sessions } from './handlers/sessions.ts';
import { GET as livez } from '../../app/livez/route.ts';
import { GET as readyz } from '../../app/readyz/route.ts';
import { readConfig } from '../../config.ts';
import { closeServices, createServices } from '../services/create-services.ts';
import { installServices, type Services } from '../services/services.ts';
import { ask, ORIGIN, text } from '../testing/test-server.ts';

const SECRET = 'a secret for tests that is long enough';
const clock = new QuietClock();
let services: Services;
/** Accepts connections and never answers: a frozen database, the hardest case. */
const frozen = createServer(() => undefined);
let bearer: Record<string, string>;

beforeAll(async () => {
  frozen.listen(0, '127.0.0.1');
  await once(frozen, 'listening');
  const { port } = frozen.address() as AddressInfo;
  services = createServices(
    readConfig({ DATABASE_URL: `postgresql://u:p@127.0.0.1:${port}/db`, JWT_SECRET: SECRET, FRONTEND_URL: ORIGIN, LOG_LEVEL: 'silent' }),
  );
  installServices(services);
  const { token } = await createTokens([SECRET]).mintRelayToken({ role: 'client', id: 1, name: 'Ann', sessionId: crypto.randomUUID() });
  bearer = { authorization: `Bearer ${token}` };
});
afterAll(async () => {
  await closeServices(services);
  frozen.close();
  clock.close();
});

describe('with the database away', () => {
  const cookie = '__Secure-switchboard.session_token=';
  // All at the same time: each waits for the same timeouts.
  it.concurrent.each([
    ['reading', async () => await read(ask('GET', '/api/chat/messages', { headers: bearer }))],
    ['saving', async () => await save(ask('POST', '/api/chat/messages', { headers: bearer, body: { messages: [text('hi')] } }))],
    ['starting', async () => await sessions(ask('POST', '/api/chat/sessions', { body: { username: 'Ann' } }))],
    ['an operator', async () => await read(ask('GET', '/api/chat/messages?clientId=1', { headers: { cookie: await signed(cookie) } }))],
    [
      'signing in',
      async () =>
        await auth(ask('POST', '/api/auth/sign-in/email', { headers: { origin: ORIGIN }, body: { email: 'a@b.example', password: 'x' } })),
    ],
  ])('%s is answered 503 within 5 s, with a retry delay', async (_name, attempt) => {
    const started = clock.now();
    const response = await attempt();
    expect(clock.now() - started).toBeLessThan(5_000);
    expect(response.status).toBe(503);
    expect(Number(response.headers.get('retry-after'))).toBeGreaterThan(0);
    expect(await response.json()).toMatchObject({ error: { code: 'unavailable', retryable: true } });
  });

  it('the server is live but not ready', async () => {
    expect(livez().status).toBe(200);
    const response = await readyz();
    expect(response.status).toBe(503);
    expect(await response.json()).toMatchObject({ ok: false, checks: { database: expect.any(String) } });
  });
});

/** A session cookie with a valid signature, so that the database must be queried. */
async function signed(prefix: string): Promise<string> {
  const context = await services.auth.$context;
  const key = await crypto.subtle.importKey('raw', new TextEncoder().encode(context.secret), { name: 'HMAC', hash: 'SHA-256' }, false, [
    'sign',
  ]);
  const signature = Buffer.from(await crypto.subtle.sign('HMAC', key, new TextEncoder().encode('some-token'))).toString('base64');
  return `${prefix}${encodeURIComponent(`some-token.${signature}`)}`;
}
